using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Cli.Kafka;

namespace Dispatcher.Cli.Lag;

/// <summary>Asks Kafka which worker has which partition. Where it does not say, the reason is told instead, and nothing else is missing.</summary>
internal sealed class GroupOwners : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin;
    private bool _isHopeless;

    public GroupOwners(KafkaConnection kafka) => _admin = kafka.Admin();

    /// <summary>Why owners are not known; <see langword="null"/> when they are.</summary>
    public string? Problem { get; private set; }

    /// <summary>Adds the owners to the partitions.</summary>
    /// <param name="groups">The groups.</param>
    public async Task<GroupLag[]> AddAsync(GroupLag[] groups)
    {
        if (_isHopeless)
            return groups;
        // DescribeConsumerGroups only: the admin client's other calls about groups abort the process when the coordinator answers with an error.
        List<ConsumerGroupDescription> descriptions;
        try
        {
            var answer = await _admin.DescribeConsumerGroupsAsync(
                groups.Select(group => group.Group), new DescribeConsumerGroupsOptions { RequestTimeout = Patience });
            descriptions = answer.ConsumerGroupDescriptions;
            Problem = null;
        }
        catch (DescribeConsumerGroupsException e)
        {
            descriptions = e.Results.ConsumerGroupDescriptions;
            var error = descriptions.Select(group => group.Error).FirstOrDefault(error => error.IsError) ?? e.Error;
            Tell(error);
        }
        catch (KafkaException e)
        {
            Tell(e.Error);
            return groups;
        }

        return Add(groups, descriptions);
    }

    public void Dispose() => _admin.Dispose();

    internal static GroupLag[] Add(GroupLag[] groups, IEnumerable<ConsumerGroupDescription> descriptions)
    {
        var owners = new Dictionary<(string Group, TopicPartition Partition), string>();
        foreach (var group in descriptions.Where(group => !group.Error.IsError))
        {
            foreach (var member in group.Members)
            {
                foreach (var partition in member.Assignment?.TopicPartitions ?? [])
                    owners[(group.GroupId, partition)] = Name(member);
            }
        }

        return
        [
            .. groups.Select(group => group with
            {
                Partitions = [.. group.Partitions.Select(partition => partition with { Owner = owners.GetValueOrDefault((group.Group, partition.Partition)) })],
            }),
        ];
    }

    /// <summary>Every worker has the same client id, so: where it is, and the end of its member id, which tells two on one host apart.</summary>
    private static string Name(MemberDescription member)
    {
        var id = member.ConsumerId.Length > 4 ? member.ConsumerId[^4..] : member.ConsumerId;
        return $"{member.Host.TrimStart('/')}#{id}";
    }

    private void Tell(Error error)
    {
        _isHopeless = error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion;
        Problem = error.Code switch
        {
            _ when _isHopeless => "this Kafka does not say which worker has what (in-memory Kafka never does)",
            ErrorCode.GroupAuthorizationFailed => "this user may not describe the groups: grant Describe on the groups to see which worker has what",
            _ => $"Kafka did not say which worker has what ({error.Code})",
        };
    }
}
