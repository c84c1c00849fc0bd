namespace Dispatcher.Testing.Programs;

/// <summary>A test that needs a program of somebody else's; where it is not installed the test is skipped and says so.</summary>
public sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="name">The program.</param>
    /// <param name="hint">How to get it.</param>
    public ProgramFactAttribute(string name, string hint)
    {
        if (InstalledProgram.Find(name) is null)
            Skip = $"No {name} is on PATH ({hint}).";
    }
}
