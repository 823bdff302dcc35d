namespace Reports.Web.Access;

/// <summary>What becomes of a request before anybody looks at what it wants.</summary>
internal enum AccessDecision
{
    /// <summary>It goes on.</summary>
    Allowed,

    /// <summary>It needs a key and brings none: 401.</summary>
    KeyMissing,

    /// <summary>Its key is not ours: 401.</summary>
    KeyWrong,

    /// <summary>It needs a key and none is configured: 403.</summary>
    NoKeyConfigured,

    /// <summary>It calls us by a name that is not ours: 421.</summary>
    WrongHost,

    /// <summary>A page of somebody else makes a browser send it: 403.</summary>
    CrossSite,
}
