namespace Dispatcher.Simulator.Tests.Node;

/// <summary>A test that needs Node and the clients that eng/node-clients.sh installs; elsewhere it is skipped and says so.</summary>
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute()
    {
        if (!Directory.Exists(Path.Combine(NodeClients, "node_modules", "firebase-admin")))
            Skip = "The Node clients are not installed: run eng/node-clients.sh where Node.js is.";
    }

    /// <summary>Where they are installed.</summary>
    public static string NodeClients { get; } = Path.Combine(SimulatorPageTests.Root(), "artifacts", "node-clients");
}
