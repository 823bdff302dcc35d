using System.Text.Json;

namespace Collector.Atlas;

/// <summary>What an account has and spends.</summary>
/// <param name="Balance">Credits now.</param>
/// <param name="DailyIncome">Estimated credits earned a day; null when not said.</param>
/// <param name="DailyExpenditure">Estimated credits spent a day; runs high, since it takes every probe to deliver.</param>
/// <param name="PastDayResults">Results of the past day.</param>
/// <param name="PastDaySpent">Credits spent in the past day.</param>
/// <param name="RunsOutIn">Until nothing is left at this rate; null: does not run out.</param>
/// <param name="CalculatedAt">When Atlas counted.</param>
public sealed record Credits(
    double Balance,
    double? DailyIncome,
    double? DailyExpenditure,
    double? PastDayResults,
    double? PastDaySpent,
    TimeSpan? RunsOutIn,
    DateTimeOffset? CalculatedAt)
{
    /// <summary>Reads the answer of <c>/credits/</c>; null when it has no balance.</summary>
    public static Credits? Parse(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && Json.Number(json, "current_balance") is { } balance
            ? new Credits(
                balance,
                Json.Number(json, "estimated_daily_income"),
                Json.Number(json, "estimated_daily_expenditure"),
                Json.Number(json, "past_day_measurement_results"),
                Json.Number(json, "past_day_credits_spent"),
                Json.Number(json, "estimated_runout_seconds") is { } seconds and >= 0 and < 1e11 ? TimeSpan.FromSeconds(seconds) : null,
                Json.Time(json, "calculation_time"))
            : null;
}

/// <summary>What a key is good for.</summary>
/// <param name="Accepted">Whether Atlas knows it and it is in force.</param>
/// <param name="Grants">Its permissions, such as <c>measurements.create_measurement</c>; null when the key may not list them.</param>
/// <param name="Problem">Atlas' words when something is wrong; null when all is well.</param>
public sealed record KeyCheck(bool Accepted, IReadOnlyList<string>? Grants, string? Problem);
