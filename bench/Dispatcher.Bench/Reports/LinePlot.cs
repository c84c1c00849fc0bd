using System.Globalization;
using System.Security;
using System.Text;

namespace Dispatcher.Bench.Reports;

/// <summary>A line of a plot.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Lines over numbers, as SVG that needs nothing but itself.</summary>
internal sealed record LinePlot(string Title, string XLabel, string YLabel, bool IsLogarithmic, IReadOnlyList<Series> Series)
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 70;
    private const int Right = 150;
    private const int Top = 40;
    private const int Bottom = 50;

    private static readonly string[] Colours = ["#1b6ca8", "#2e8b57", "#c77700", "#b3323e"];

    private double MaxX => Series.Max(series => series.Points.Max(point => point.X));

    private double MaxY => Series.Max(series => series.Points.Max(point => point.Y));

    private double MinY => Series.Min(series => series.Points.Min(point => point.Y));

    /// <summary>The drawing.</summary>
    public string Svg()
    {
        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        void Text(double x, double y, string anchor, string text) =>
            Add($"  <text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{SecurityElement.Escape(text)}</text>");

        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">");
        Add($"  <rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        Text(Left, 22, "start", $"{Title} ({YLabel})");
        Text((Left + Width - Right) / 2.0, Height - 12, "middle", XLabel);
        foreach (var tick in Ticks())
        {
            Add($"  <line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\" stroke=\"#ddd\"/>");
            Text(Left - 8, Y(tick) + 4, "end", tick.ToString("#,0.###", CultureInfo.InvariantCulture));
        }

        foreach (var x in Series[0].Points.Select(point => point.X))
            Text(X(x), Height - Bottom + 18, "middle", x.ToString("#,0.###", CultureInfo.InvariantCulture));
        foreach (var (index, series) in Series.Index())
        {
            var colour = Colours[index % Colours.Length];
            var points = string.Join(' ', series.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}")));
            Add($"  <polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            foreach (var (x, y) in series.Points)
                Add($"  <circle cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"3\" fill=\"{colour}\"/>");
            Add($"  <rect x=\"{Width - Right + 16}\" y=\"{Top + (index * 20)}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
            Text(Width - Right + 34, Top + (index * 20) + 10, "start", series.Name);
        }

        return svg.AppendLine("</svg>").ToString();
    }

    /// <summary>Round numbers from below the least to above the greatest: powers of ten, or steps of one, two or five.</summary>
    private List<double> Ticks()
    {
        if (IsLogarithmic)
        {
            var (first, last) = ((int)Math.Floor(Math.Log10(MinY)), (int)Math.Ceiling(Math.Log10(MaxY)));
            return [.. Enumerable.Range(first, Math.Max(1, last - first) + 1).Select(power => Math.Pow(10, power))];
        }

        var size = Math.Pow(10, Math.Floor(Math.Log10(MaxY)));
        var step = new[] { 0.1, 0.2, 0.5, 1, 2 }.Select(factor => factor * size).First(step => MaxY / step <= 6);
        return [.. Enumerable.Range(0, (int)Math.Ceiling(MaxY / step) + 1).Select(index => index * step)];
    }

    private double X(double x) => Left + (x / MaxX * (Width - Left - Right));

    private double Y(double y)
    {
        var ticks = Ticks();
        var share = IsLogarithmic
            ? (Math.Log10(y) - Math.Log10(ticks[0])) / (Math.Log10(ticks[^1]) - Math.Log10(ticks[0]))
            : y / ticks[^1];
        return Height - Bottom - (share * (Height - Top - Bottom));
    }
}
