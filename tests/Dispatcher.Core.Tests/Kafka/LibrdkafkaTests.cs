using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class LibrdkafkaTests
{
    /// <summary>A second copy would know nothing of the clients of the first.</summary>
    [Fact]
    public void It_is_the_copy_that_Confluent_Kafka_loaded()
    {
        RuntimeHelpers.RunClassConstructor(typeof(Librdkafka).TypeHandle);

        Assert.Single(
            Process.GetCurrentProcess().Modules.Cast<ProcessModule>(),
            module => module.ModuleName.Contains("librdkafka", StringComparison.OrdinalIgnoreCase));
    }
}
