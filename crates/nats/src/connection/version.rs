//! Versions of servers.

/// The oldest server whose behaviour this program relies on; older ones silently ignore what they do not know.
pub const OLDEST_SERVER: (u64, u64) = (2, 14);

/// Major and minor of `2.14.0`, `v2.14.0-RC.1`.
pub(crate) fn version(text: &str) -> Option<(u64, u64)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("2.14.0"), Some((2, 14)));
        assert_eq!(version("v2.9.1-RC.1\n"), Some((2, 9)));
        assert!(version("2.9.1") < Some(OLDEST_SERVER));
        assert_eq!(version("new"), None);
    }
}
