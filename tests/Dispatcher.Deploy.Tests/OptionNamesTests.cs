namespace Dispatcher.Deploy.Tests;

public sealed class OptionNamesTests
{
    [Theory]
    [InlineData("Kafka__GroupId")]
    [InlineData("Kafka__Properties__security.protocol")]
    [InlineData("Access__Keys__shop__Sha256")]
    [InlineData("Tenants__acme__PushesPerSecond")]
    public void An_option_of_the_page_is_known(string variable) => Assert.Empty(OptionNames.Unknown([variable]));

    [Theory]
    [InlineData("Kafka__Group")]
    [InlineData("Access__Keys__shop__Hash")]
    [InlineData("Worker__MaxInFlights")]
    public void One_that_nothing_reads_is_not(string variable) => Assert.Single(OptionNames.Unknown([variable]));
}
