using Dispatcher.Client;

namespace Dispatcher.Api.Tests.Contract;

/// <summary>The client against the real API: what it writes is understood, and what it reads is what is answered.</summary>
public sealed class ClientTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private readonly DispatcherClient _client = new(Http, new DispatcherClientOptions { Address = fixture.Api.Address, Key = ApiProcess.Key });

    [Fact]
    public async Task A_message_is_accepted()
    {
        var receipt = await _client.SendAsync(Message("Order 42"));

        Assert.Equal(["shop-ios", "shop-android"], receipt.Pushes.Select(push => push.App));
    }

    [Fact]
    public async Task The_same_key_has_the_same_ids()
    {
        var message = Message("Order 42") with { IdempotencyKey = "order-42" };

        var (first, second) = (await _client.SendAsync(message), await _client.SendAsync(message));

        Assert.Equal(first.Pushes, second.Pushes);
    }

    [Fact]
    public async Task A_refusal_has_its_pointers()
    {
        var refused = await Assert.ThrowsAsync<DispatcherException>(() => _client.SendAsync(Message("x") with { To = [PushTarget.Token("nobodys", "aa")] }));

        Assert.Equal((400, "invalid-request", "/to/app"), (refused.Problem.Status, refused.Problem.Type, refused.Problem.Errors[0].JsonPointer));
    }

    [Fact]
    public async Task A_batch_has_a_receipt_for_each_message()
    {
        var before = fixture.Api.Kafka.Count();
        var titles = new List<string?>();
        await foreach (var receipt in _client.SendBatchAsync(Messages(1200)))
        {
            Assert.True(receipt.IsAccepted, receipt.Problem?.ToString());
            titles.Add(receipt.Message.Notification!.Title);
        }

        Assert.Equal(Enumerable.Range(0, 1200).Select(n => $"{n}"), titles);
        Assert.Equal(before + 2400, fixture.Api.Kafka.Count());
    }

    private static PushMessage Message(string title) => new()
    {
        To = [PushTarget.Token("shop-ios", Batches.Some.Token), PushTarget.Token("shop-android", "f:A")],
        Notification = new Notification { Title = title, Sound = "default", Badge = 1 },
        Data = new Dictionary<string, string> { ["orderId"] = "42" },
        Class = PushClass.Bulk,
        Priority = PushPriority.Normal,
        TimeToLive = TimeSpan.FromHours(1),
        CollapseKey = "order",
    };

    private static async IAsyncEnumerable<PushMessage> Messages(int count)
    {
        for (var n = 0; n < count; n++)
        {
            yield return Message($"{n}");
            await Task.CompletedTask;
        }
    }
}
