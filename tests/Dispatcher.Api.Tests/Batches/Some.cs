namespace Dispatcher.Api.Tests.Batches;

/// <summary>Lines that are right.</summary>
internal static class Some
{
    public const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";

    public const string Line = "{\"to\":{\"app\":\"shop-ios\",\"token\":\"" + Token + "\"},\"notification\":{\"title\":\"Hi\"}}";

    public const string LineOfTwo =
        "{\"to\":[{\"app\":\"shop-ios\",\"token\":\"" + Token + "\"},{\"app\":\"shop-android\",\"token\":\"f:A\"}],\"notification\":{\"title\":\"Hi\"}}";
}
