namespace Analyzer.Annotations;

/// <summary>The normal distribution, to seven digits.</summary>
internal static class Normal
{
    /// <summary>The share that lies below a value.</summary>
    /// <remarks>The complementary error function by a Chebyshev fit: W. H. Press and others, "Numerical Recipes", 1992, section 6.2.</remarks>
    public static double Below(double value)
    {
        var x = Math.Abs(value) / Math.Sqrt(2);
        var t = 1 / (1 + (0.5 * x));
        double[] fit = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
        var tail = t * Math.Exp((-x * x) + Polynomial(t, fit)) / 2;
        return value < 0 ? tail : 1 - tail;
    }

    /// <summary>The value below which a share lies.</summary>
    /// <param name="share">Between 0 and 1, neither of them.</param>
    /// <remarks>M. J. Wichura, "Algorithm AS 241", Applied Statistics 37, 1988, in its short form.</remarks>
    public static double Quantile(double share)
    {
        var centred = share - 0.5;
        if (Math.Abs(centred) <= 0.425)
        {
            var r = 0.180625 - (centred * centred);
            return centred * Polynomial(r, [3.3871327179, 50.434271938, 159.29113202, 59.109374720]) / Polynomial(r, [1, 17.895169469, 78.757757664, 67.187563600]);
        }

        var tail = Math.Sqrt(-Math.Log(Math.Min(share, 1 - share)));
        var value = tail <= 5
            ? Polynomial(tail - 1.6, [1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103]) / Polynomial(tail - 1.6, [1, 0.73700164250, 0.12021132975])
            : Polynomial(tail - 5, [6.6579051150, 3.0812263860, 0.42868294337, 0.017337203997]) / Polynomial(tail - 5, [1, 0.24197894225, 0.012258202635]);
        return centred < 0 ? -value : value;
    }

    private static double Polynomial(double x, double[] coefficients)
    {
        var sum = 0.0;
        for (var index = coefficients.Length - 1; index >= 0; index--)
        {
            sum = (sum * x) + coefficients[index];
        }

        return sum;
    }
}
