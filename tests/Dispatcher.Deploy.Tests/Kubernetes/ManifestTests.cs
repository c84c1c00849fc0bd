using System.Globalization;
using Dispatcher.Testing.Programs;

namespace Dispatcher.Deploy.Tests.Kubernetes;

/// <summary>deploy/kubernetes: what a cluster would only tell when it is too late.</summary>
public sealed class ManifestTests
{
    private const string NameLabel = "app.kubernetes.io/name";

    private static readonly HashSet<string> PodNames = [.. Manifest.All.Select(manifest => manifest.PodName).OfType<string>()];

    /// <summary>What overlays ask the operator to make.</summary>
    private static readonly HashSet<string> Secrets = ["dispatcher-apps", "dispatcher-keys", "dispatcher-access", "dispatcher-kafka", "dispatcher-ops-key"];

    [ProgramFact("kubectl", "its kustomize is asked, no cluster")]
    public async Task Kustomize_takes_every_overlay()
    {
        foreach (var overlay in Checkout.Files("deploy/kubernetes/overlays", "kustomization.yaml").Select(file => Path.GetDirectoryName(file)!))
        {
            var (exitCode, output, errors) = await InstalledProgram.RunAsync("kubectl", Checkout.Root, "kustomize", overlay);
            Assert.True(exitCode == 0, errors);
            Assert.Contains("image: registry.example.com/dispatcher-worker:", output, StringComparison.Ordinal);
            Assert.DoesNotContain("image: dispatcher-", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_file_is_a_resource_of_its_kustomization_and_the_other_way_round() => Checkout.AssertNone(
        from kustomization in Checkout.Files("deploy/kubernetes", "kustomization.yaml")
        let folder = Path.GetDirectoryName(kustomization)!
        let named = YamlReader.Read(Checkout.Read(kustomization))["resources"]!.AsArray().Select(name => name!.GetValue<string>())
            .Concat(YamlReader.Read(Checkout.Read(kustomization))["components"]?.AsArray().Select(name => name!.GetValue<string>()) ?? []).ToHashSet()
        let there = Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.yaml").Select(file => Path.GetFileName(file)).Where(file => file != "kustomization.yaml")
        from problem in named.Where(name => !Checkout.Has(Path.Combine(folder, name))).Select(name => $"{kustomization}: no {name}")
            .Concat(there.Where(file => !named.Contains(file)).Select(file => $"{kustomization}: {file} is not in it"))
        select problem);

    [Fact]
    public void Selectors_find_pods() => Checkout.AssertNone(
        from manifest in Manifest.All
        from label in Manifest.Find(manifest.Json, "matchLabels").Concat(manifest.Kind == "Service" ? [manifest.Spec["selector"]!] : [])
            .Select(labels => labels[NameLabel]?.GetValue<string>()).OfType<string>()
        where !PodNames.Contains(label)
        select $"{manifest}: {label}");

    [Fact]
    public void A_deployment_selects_its_own_pods() => Assert.All(
        Manifest.Of("Deployment"), deployment => Assert.Equal(deployment.PodName, deployment.Spec["selector"]!["matchLabels"]![NameLabel]!.GetValue<string>()));

    [Fact]
    public void A_monitor_finds_the_service_of_its_name_by_label_and_port() => Assert.All(Manifest.Of("ServiceMonitor"), monitor =>
    {
        var service = Manifest.One("Service", monitor.Name);
        Assert.Equal(monitor.Spec["selector"]!["matchLabels"]![NameLabel]!.GetValue<string>(), service.Json["metadata"]!["labels"]![NameLabel]!.GetValue<string>());
        Assert.Equal(monitor.Spec["endpoints"]![0]!["port"]!.GetValue<string>(), service.Spec["ports"]![0]!["name"]!.GetValue<string>());
    });

    [Fact]
    public void Ports_by_name_are_ports_of_the_container() => Checkout.AssertNone(
        from deployment in Manifest.Of("Deployment")
        let ports = deployment.Container!["ports"]!.AsArray().Select(port => port!["name"]!.GetValue<string>()).ToHashSet()
        from port in Manifest.Find(deployment.Container, "httpGet").Select(probe => probe["port"]!.GetValue<string>())
            .Concat(Manifest.One("Service", deployment.Name).Spec["ports"]!.AsArray().Select(port => port!["targetPort"]!.GetValue<string>()))
        where !ports.Contains(port)
        select $"{deployment}: {port}");

    [Fact]
    public void Probes_ask_what_is_served_and_every_kind_is_there() => Checkout.AssertNone(
        from deployment in Manifest.Of("Deployment")
        from probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"]
        let path = deployment.Container![probe]?["httpGet"]?["path"]?.GetValue<string>()
        where path != (probe == "readinessProbe" ? "/health/ready" : "/health/live")
        select $"{deployment}: {probe} asks {path ?? "nothing"}");

    [Fact]
    public void Containers_listen_where_the_images_do()
    {
        var dockerfile = Checkout.Read("deploy/docker/Dockerfile");
        Assert.All(Manifest.Of("Deployment"), deployment => Assert.Contains(
            $"Urls=http://+:{deployment.Container!["ports"]![0]!["containerPort"]}\n", dockerfile));
    }

    [Fact]
    public void Names_that_are_referred_to_exist() => Checkout.AssertNone(
        from manifest in Manifest.Of("Deployment", "Job")
        from problem in Manifest.Find(manifest.Json, "configMapRef").Select(at => at["name"]!.GetValue<string>())
                .Where(name => !Manifest.Of("ConfigMap").Any(map => map.Name == name)).Select(name => $"no ConfigMap {name}")
            .Concat(Manifest.Find(manifest.Json, "secretRef").Select(at => at["name"]!.GetValue<string>())
                .Concat(Manifest.Find(manifest.Json, "secretName").Select(at => at.GetValue<string>()))
                .Where(name => !Secrets.Contains(name)).Select(name => $"no Secret {name}"))
            .Concat(Manifest.Find(manifest.Json, "serviceAccountName").Select(at => at.GetValue<string>())
                .Where(name => !Manifest.Of("ServiceAccount").Any(account => account.Name == name)).Select(name => $"no ServiceAccount {name}"))
            .Concat(manifest.Container!["volumeMounts"]!.AsArray().Select(mount => mount!["name"]!.GetValue<string>())
                .Where(name => manifest.Pod!["volumes"]!.AsArray().All(volume => volume!["name"]!.GetValue<string>() != name)).Select(name => $"no volume {name}"))
        select $"{manifest}: {problem}");

    [Fact]
    public void Overlays_say_how_to_make_every_secret() => Checkout.AssertNone(
        from overlay in Checkout.Files("deploy/kubernetes/overlays", "kustomization.yaml")
        from secret in Secrets
        where !Checkout.Read(overlay).Contains($"secret generic {secret} ", StringComparison.Ordinal)
        select $"{overlay}: {secret}");

    [Fact]
    public void Scalers_scale_the_workers_and_nobody_else_says_how_many()
    {
        var scalers = Manifest.Of("ScaledObject", "HorizontalPodAutoscaler").ToList();
        Assert.Equal(2, scalers.Count);
        Assert.All(scalers, scaler => Assert.Equal("dispatcher-worker", scaler.Spec["scaleTargetRef"]!["name"]!.GetValue<string>()));
        Assert.Null(Manifest.One("Deployment", "dispatcher-worker").Spec["replicas"]);
    }

    [Fact]
    public void Keda_asks_for_the_lag_of_all_four_lanes_in_the_groups_that_workers_have()
    {
        var config = Manifest.One("ConfigMap", "dispatcher").Json["data"]!;
        string prefix = config["Kafka__TopicPrefix"]!.GetValue<string>(), group = config["Kafka__GroupId"]!.GetValue<string>();
        var triggers = Manifest.One("ScaledObject", "dispatcher-worker").Spec["triggers"]!.AsArray().Select(trigger => trigger!["metadata"]!).ToList();

        Assert.Equal(
            ((string[])["apns.urgent", "apns.bulk", "fcm.urgent", "fcm.bulk"]).Select(lane => (Topic: $"{prefix}.{lane}", Group: $"{group}.{prefix}.{lane}")),
            triggers.Select(trigger => (trigger["topic"]!.GetValue<string>(), trigger["consumerGroup"]!.GetValue<string>())));
        Assert.All(triggers, trigger => Assert.Equal(config["Kafka__BootstrapServers"]!.GetValue<string>(), trigger["bootstrapServers"]!.GetValue<string>()));
    }

    [Fact]
    public void No_more_workers_than_partitions()
    {
        var arguments = Manifest.One("Job", "dispatcher-topics").Container!["args"]!.AsArray().Select(argument => argument!.GetValue<string>()).ToList();
        var partitions = Number(arguments[arguments.IndexOf("--partitions") + 1]);

        Assert.True(Number(Manifest.One("ScaledObject", "dispatcher-worker").Spec["maxReplicaCount"]!.GetValue<string>()) <= partitions);
        Assert.True(Number(Manifest.One("HorizontalPodAutoscaler", "dispatcher-worker").Spec["maxReplicas"]!.GetValue<string>()) <= partitions);
    }

    [Fact]
    public void Pods_have_longer_to_end_than_they_drain()
    {
        // Worker:DrainTimeout and what its host adds; Server:StopGrace as it is set and Server:StopTimeout.
        AssertGrace("dispatcher-worker", 25 + 20);
        var grace = Manifest.One("Deployment", "dispatcher-api").Container!["env"]!.AsArray().Single(variable => variable!["name"]!.GetValue<string>() == "Server__StopGrace")!["value"]!.GetValue<string>();
        AssertGrace("dispatcher-api", TimeSpan.Parse(grace, CultureInfo.InvariantCulture).TotalSeconds + 15);

        static void AssertGrace(string name, double seconds) =>
            Assert.True(Number(Manifest.One("Deployment", name).Pod!["terminationGracePeriodSeconds"]!.GetValue<string>()) > seconds, name);
    }

    [Fact]
    public void Every_option_that_is_set_exists() => Assert.Empty(OptionNames.Unknown(
    [
        .. Manifest.Of("ConfigMap").SelectMany(map => map.Json["data"]!.AsObject().Select(entry => entry.Key)),
        .. Manifest.Of("Deployment", "Job").SelectMany(manifest => manifest.Container!["env"]?.AsArray().Select(variable => variable!["name"]!.GetValue<string>()) ?? []),
    ]));

    [Fact]
    public void Containers_have_no_rights_they_do_not_need() => Assert.All(Manifest.Of("Deployment", "Job"), manifest =>
    {
        var (pod, container) = (manifest.Pod!["securityContext"]!, manifest.Container!["securityContext"]!);
        Assert.Equal(("true", "RuntimeDefault"), (pod["runAsNonRoot"]!.GetValue<string>(), pod["seccompProfile"]!["type"]!.GetValue<string>()));
        Assert.Equal(("false", "true"), (container["allowPrivilegeEscalation"]!.GetValue<string>(), container["readOnlyRootFilesystem"]!.GetValue<string>()));
        Assert.Equal("ALL", container["capabilities"]!["drop"]![0]!.GetValue<string>());
        Assert.NotNull(container.Parent!["resources"]!["limits"]!["memory"]);
    });

    [Fact]
    public void Pods_that_a_policy_bounds_may_do_what_they_need() => Assert.All(Manifest.Of("Deployment", "Job"), manifest =>
    {
        var policy = Manifest.Of("NetworkPolicy").Single(policy => policy.Spec["podSelector"]!["matchLabels"]![NameLabel]!.GetValue<string>() == manifest.PodName);
        var ports = Manifest.Find(policy.Spec["egress"], "port").Select(port => port.GetValue<string>()).ToHashSet();
        var kafka = Manifest.One("ConfigMap", "dispatcher").Json["data"]!["Kafka__BootstrapServers"]!.GetValue<string>().Split(':')[1];
        Assert.Superset(new HashSet<string>(manifest.Kind == "Job" ? ["53", kafka] : ["53", kafka, "443", "2197"]), ports);
    });

    [Fact]
    public void The_dashboard_finds_workers_and_apis_by_services_that_resolve_to_every_pod() => Assert.All(
        Manifest.One("Deployment", "dispatcher-api").Container!["env"]!.AsArray()
            .Where(variable => variable!["name"]!.GetValue<string>().StartsWith("Dashboard__", StringComparison.Ordinal)),
        variable =>
        {
            var address = new Uri(variable!["value"]!.GetValue<string>());
            var service = Manifest.One("Service", address.Host);
            Assert.Equal(("None", $"{address.Port}"), (service.Spec["clusterIP"]!.GetValue<string>(), service.Spec["ports"]![0]!["port"]!.GetValue<string>()));
        });

    [Fact]
    public void Secrets_are_mounted_whole_so_that_they_can_change() =>
        Assert.Empty(Manifest.Of("Deployment", "Job").SelectMany(manifest => Manifest.Find(manifest.Json, "subPath")));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
