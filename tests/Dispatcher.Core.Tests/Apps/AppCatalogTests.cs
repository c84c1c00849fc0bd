using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Apps;

public sealed class AppCatalogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("apps-");

    public AppCatalogTests()
    {
        Write("key.p8", "");
        Write("service-account.json.txt", "");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Apps_come_from_the_section()
    {
        var catalog = Load(("shop-ios", Apns()), ("shop-android", Fcm()));

        Assert.Equal(
            new ApnsApp("shop-ios", "default", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", PathTo("key.p8")), Sandbox: false),
            Find(catalog, "shop-ios"));
        Assert.Equal(new FcmApp("shop-android", "acme", PathTo("service-account.json.txt"), "demo"), Find(catalog, "shop-android"));
        Assert.Equal((Provider.Apns, Provider.Fcm), (Find(catalog, "shop-ios")!.Provider, Find(catalog, "shop-android")!.Provider));
        Assert.Equal(2, catalog.Apps.Count);
    }

    [Fact]
    public void Apps_come_from_a_file_each_of_a_folder()
    {
        Write("shop-ios.json", """
            { "provider": "apns", "tenant": "acme", "bundleId": "b", "teamId": "t", "keyId": "k", "keyPath": "key.p8", "environment": "Sandbox" }
            """);
        Write("shop-android.json", """
            { // comments and Pascal case are fine: people write these
              "Provider": "FCM", "CredentialsPath": "service-account.json.txt", }
            """);

        var catalog = AppCatalog.Load(new Dictionary<string, AppOptions>(), _folder.FullName);

        Assert.Equal(new ApnsApp("shop-ios", "acme", "b", new ApnsKeyFile("t", "k", PathTo("key.p8")), Sandbox: true), Find(catalog, "shop-ios"));
        Assert.Equal(new FcmApp("shop-android", "default", PathTo("service-account.json.txt"), null), Find(catalog, "shop-android"));
    }

    [Fact]
    public void Section_and_folder_make_one_catalog()
    {
        Write("shop-android.json", """{ "provider": "fcm", "credentialsPath": "service-account.json.txt" }""");

        var catalog = AppCatalog.Load(new Dictionary<string, AppOptions> { ["shop-ios"] = Apns() }, _folder.FullName);

        Assert.Equal(["shop-android", "shop-ios"], catalog.Apps.Select(app => app.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_app_cannot_be_in_both()
    {
        Write("shop-ios.json", """{ "provider": "fcm", "credentialsPath": "service-account.json.txt" }""");

        AssertRefused("App 'shop-ios' is defined twice", () => AppCatalog.Load(new Dictionary<string, AppOptions> { ["shop-ios"] = Apns() }, _folder.FullName));
    }

    [Fact]
    public void Names_are_case_sensitive()
    {
        var catalog = Load(("shop-ios", Apns()));

        Assert.False(catalog.TryGet("Shop-iOS", out var app));
        Assert.Null(app);
    }

    [Fact]
    public void Relative_paths_of_a_file_start_at_the_file()
    {
        _folder.CreateSubdirectory("keys");
        Write("keys/deep.p8", "");
        Write("shop-ios.json", """{ "provider": "apns", "bundleId": "b", "teamId": "t", "keyId": "k", "keyPath": "keys/../keys/deep.p8" }""");

        var catalog = AppCatalog.Load(new Dictionary<string, AppOptions>(), Path.GetRelativePath(Directory.GetCurrentDirectory(), _folder.FullName));

        Assert.Equal(PathTo("keys/deep.p8"), KeyPath(catalog));
    }

    [Fact]
    public void Relative_paths_of_the_section_start_at_the_working_directory()
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), PathTo("key.p8"));

        var catalog = Load(("shop-ios", Apns(options => options.KeyPath = relative)));

        Assert.Equal(PathTo("key.p8"), KeyPath(catalog));
    }

    [Fact]
    public void Only_json_files_of_the_folder_itself_are_apps()
    {
        _folder.CreateSubdirectory("old");
        Write("old/broken.json", "{");
        Write("README.md", "# apps");

        Assert.Empty(AppCatalog.Load(new Dictionary<string, AppOptions>(), _folder.FullName).Apps);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        AssertRefused("AppsFolder '/nowhere/apps' does not exist.", () => AppCatalog.Load(new Dictionary<string, AppOptions>(), "/nowhere/apps"));

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("{", "cannot be read")]
    [InlineData("[]", "cannot be read")]
    [InlineData("null", "is empty")]
    [InlineData("""{ "provider": "fcm", "credentialsPath": "x", "secret": 1 }""", "'secret' could not be mapped")]
    [InlineData("""{ "provider": 1 }""", "$.provider")]
    [InlineData("""{ "provider": "apns", "environment": null }""", "environment")]
    [InlineData("""{ "provider": "apns", "tenant": null }""", "tenant")]
    public void A_file_that_is_no_app_is_named_with_the_reason(string content, string reason)
    {
        Write("shop-ios.json", content);

        var refused = AssertRefused(
            $"App file '{PathTo("shop-ios.json")}'", () => AppCatalog.Load(new Dictionary<string, AppOptions>(), _folder.FullName));
        Assert.Contains(reason, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Provider: apns or fcm", nameof(AppOptions.Provider))]
    [InlineData("Tenant", nameof(AppOptions.Tenant))]
    [InlineData("BundleId", nameof(AppOptions.BundleId))]
    [InlineData("TeamId", nameof(AppOptions.TeamId))]
    [InlineData("KeyId", nameof(AppOptions.KeyId))]
    [InlineData("KeyPath or CertificatePath", nameof(AppOptions.KeyPath))]
    public void What_an_apns_app_lacks_is_named(string named, string option)
    {
        var options = Apns();
        typeof(AppOptions).GetProperty(option)!.SetValue(options, null);

        AssertRefused($"App 'shop-ios' needs {named}.", () => Load(("shop-ios", options)));
    }

    [Fact]
    public void What_an_fcm_app_lacks_is_named() =>
        AssertRefused("App 'shop-android' needs CredentialsPath.", () => Load(("shop-android", Fcm(options => options.CredentialsPath = " "))));

    [Fact]
    public void A_key_that_is_not_there_is_named() =>
        AssertRefused(
            "App 'shop-ios': KeyPath '/nowhere/key.p8' does not exist.",
            () => Load(("shop-ios", Apns(options => options.KeyPath = "/nowhere/key.p8"))));

    [Fact]
    public void An_apns_app_may_have_a_certificate_in_the_place_of_a_key()
    {
        Write("password", "s3cret\n# since May");
        Write("shop-ios.json", """
            { "provider": "apns", "bundleId": "b", "certificatePath": "key.p8", "certificateKeyPath": "key.p8", "certificatePasswordPath": "password" }
            """);

        var app = Assert.IsType<ApnsApp>(Find(AppCatalog.Load(new Dictionary<string, AppOptions>(), _folder.FullName), "shop-ios"));

        Assert.Equal(new ApnsCertificateFile(PathTo("key.p8"), PathTo("key.p8"), "s3cret"), app.Identity);
        Assert.DoesNotContain("s3cret", app.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Key_and_certificate_exclude_each_other() => AssertRefused(
        "App 'shop-ios' has both KeyPath and CertificatePath", () => Load(("shop-ios", Apns(options => options.CertificatePath = PathTo("key.p8")))));

    [Theory]
    [InlineData(nameof(AppOptions.CertificatePath))]
    [InlineData(nameof(AppOptions.CertificateKeyPath))]
    [InlineData(nameof(AppOptions.CertificatePasswordPath))]
    public void A_file_of_a_certificate_that_is_not_there_is_named(string option)
    {
        var options = Apns(options => (options.KeyPath, options.CertificatePath) = (null, PathTo("key.p8")));
        typeof(AppOptions).GetProperty(option)!.SetValue(options, "/nowhere/file");

        AssertRefused($"App 'shop-ios': {option} '/nowhere/file' does not exist.", () => Load(("shop-ios", options)));
    }

    [Fact]
    public void An_unknown_provider_is_named() =>
        AssertRefused("App 'shop-ios': Provider 'hms' must be apns or fcm.", () => Load(("shop-ios", Apns(options => options.Provider = "hms"))));

    [Fact]
    public void An_unknown_environment_is_named() =>
        AssertRefused(
            "App 'shop-ios': Environment 'staging' must be production or sandbox.",
            () => Load(("shop-ios", Apns(options => options.Environment = "staging"))));

    private static AppCatalog Load(params (string Name, AppOptions Options)[] section) =>
        AppCatalog.Load(section.ToDictionary(app => app.Name, app => app.Options), folder: null);

    private static string KeyPath(AppCatalog catalog) =>
        Assert.IsType<ApnsKeyFile>(Assert.IsType<ApnsApp>(Find(catalog, "shop-ios")).Identity).Path;

    /// <summary>Without the hash of its files, which is another test's business.</summary>
    private static App? Find(AppCatalog catalog, string name) => catalog.TryGet(name, out var app) ? app with { Revision = "" } : null;

    private static InvalidAppException AssertRefused(string message, Action load)
    {
        var refused = Assert.Throws<InvalidAppException>(load);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        return refused;
    }

    private AppOptions Apns(Action<AppOptions>? change = null)
    {
        var options = new AppOptions
        {
            Provider = "apns",
            BundleId = "com.example.shop",
            TeamId = "TEAM000001",
            KeyId = "KEY0000001",
            KeyPath = PathTo("key.p8"),
        };
        change?.Invoke(options);
        return options;
    }

    private AppOptions Fcm(Action<AppOptions>? change = null)
    {
        var options = new AppOptions
        {
            Provider = "fcm",
            Tenant = "acme",
            CredentialsPath = PathTo("service-account.json.txt"),
            ProjectId = "demo",
        };
        change?.Invoke(options);
        return options;
    }

    private void Write(string file, string content) => File.WriteAllText(PathTo(file), content);

    private string PathTo(string file) => Path.Combine(_folder.FullName, file);
}
