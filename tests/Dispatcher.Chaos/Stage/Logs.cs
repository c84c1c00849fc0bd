namespace Dispatcher.Chaos.Stage;

/// <summary>What every program said, kept in a folder at the end: whoever has to find out why a run failed needs it.</summary>
/// <param name="deployment">Whose programs.</param>
/// <param name="say">Told where the folder is.</param>
internal sealed class Logs(Deployment deployment, Action<string> say) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("dispatcher-chaos-logs-").FullName;
        foreach (var program in deployment.Workers.Append(deployment.ApiProgram))
            await File.WriteAllLinesAsync(Path.Combine(folder, $"{program.Name}-{program.Id}.log"), program.Lines);
        say($"logs: {folder}");
    }
}
