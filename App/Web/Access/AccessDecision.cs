namespace App.Web.Access;

/// <summary>What becomes of a request before anybody looks at what it wants.</summary>
internal enum AccessDecision
{
    /// <summary>It goes on.</summary>
    Allowed,

    /// <summary>A browser changes something: it goes on with the token of a form of ours.</summary>
    AllowedWithToken,

    /// <summary>It needs a key and brings none: 401, or the login page.</summary>
    KeyMissing,

    /// <summary>Its key is not ours: 401.</summary>
    KeyWrong,

    /// <summary>It needs a key and none is configured: 403.</summary>
    NoKeyConfigured,

    /// <summary>It calls us by a name that is not ours: 421.</summary>
    WrongHost,

    /// <summary>A page of somebody else makes a browser send it: 403.</summary>
    CrossSite,

    /// <summary>A browser changes something, and does not say that a page of ours asked it to: 403.</summary>
    ForeignForm,
}
