namespace Dispatcher.Deploy.Tests.Prometheus;

public sealed class PromQlTests
{
    [Theory]
    [InlineData("up == 0", "up")]
    [InlineData("sum by (lane) (rate(a_total{x=\"b{c\",y=~\"$app\"}[5m])) / ignoring (z) b:c:d offset 30m > 0.5", "a_total b:c:d")]
    [InlineData("histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) or vector(0)", "a_bucket")]
    [InlineData("absent(up{job=\"w\"} == 1) unless on (x) y", "up y")]
    public void Series_are_what_is_no_function_label_or_word(string expression, string series) =>
        Assert.Equal(series.Split(' '), PromQl.Series(expression));
}
