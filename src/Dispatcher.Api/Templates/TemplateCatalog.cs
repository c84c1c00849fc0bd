using System.Diagnostics.CodeAnalysis;

namespace Dispatcher.Api.Templates;

/// <summary>Every template in force, by name. All of them are replaced at once.</summary>
/// <param name="templates">The templates.</param>
internal sealed class TemplateCatalog(IEnumerable<Template> templates)
{
    private volatile Dictionary<string, Template> _byName = ByName(templates);

    /// <summary>The templates, in no particular order.</summary>
    public IReadOnlyCollection<Template> Templates => _byName.Values;

    /// <summary>Finds a template; names are case-sensitive.</summary>
    /// <param name="name">The name that the caller used.</param>
    /// <param name="tenant">Who asks; other tenants' templates do not exist for it.</param>
    /// <param name="template">The template.</param>
    public bool TryGet(string name, string tenant, [NotNullWhen(true)] out Template? template)
    {
        if (_byName.TryGetValue(name, out template) && (template.Tenant is null || template.Tenant == tenant))
            return true;
        template = null;
        return false;
    }

    /// <summary>Puts other templates in force.</summary>
    /// <param name="templates">All of them.</param>
    public void Replace(IEnumerable<Template> templates) => _byName = ByName(templates);

    private static Dictionary<string, Template> ByName(IEnumerable<Template> templates) =>
        templates.ToDictionary(template => template.Name!, StringComparer.Ordinal);
}
