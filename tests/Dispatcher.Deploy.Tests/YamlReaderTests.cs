namespace Dispatcher.Deploy.Tests;

public sealed class YamlReaderTests
{
    [Fact]
    public void What_deploy_is_written_in_is_read() => Assert.Equal(
        """{"base":{"a":"1","b":"two"},"list":["x",{"name":"y","z":["1","k:v"]}],"flow":{"p":"q","r":["s","t"]},"text":"one two","with":{"a":"1","b":"3"},"url":"http://x:1","same":["i"],"below":["j","k"]}""",
        YamlReader.Read(
            """
            # a comment
            base: &base
              a: 1 # and one here
              b: "two"

            list:
              - x
              - name: y
                z: [1, "k:v"]
            flow: { p: q, r: [s,
              t] }
            text: >-
              one
              two
            with:
              <<: *base
              b: 3
            url: http://x:1
            same:
            - i
            below:
              [j,
               k]
            """).ToJsonString());

    [Fact]
    public void Documents_are_apart() => Assert.Equal(2, YamlReader.ReadAll("a: 1\n---\nb: 2\n").Count);

    [Fact]
    public void What_is_no_yaml_of_ours_is_refused() => Assert.Throws<FormatException>(() => YamlReader.Read("a: 1\nnonsense\n"));
}
