//! What agents share: prompt rendering, schema check, repair brief.
