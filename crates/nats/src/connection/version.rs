//! Versions of servers.

use std::fmt;

/// The version of a server: major, minor and patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64, pub u64, pub u64);

/// The oldest server whose behaviour this program relies on; older ones silently ignore what they do not know, and up to
/// 2.14.2 a stranger can end them through their WebSocket.
pub const OLDEST_SERVER: Version = Version(2, 14, 3);

impl Version {
    /// Reads `2.14.3` or `v2.14.3-RC.1`; what is in the making counts as made.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let made = text.split(['-', '+']).next()?;
        let mut parts = made.split('.').map(|part| part.parse().ok());
        let version = Self(parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(major, minor, patch) = self;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let read = |text| Version::parse(text);
        assert_eq!(read("2.14.3"), Some(OLDEST_SERVER));
        assert_eq!(read("v2.9.1-RC.1\n"), Some(Version(2, 9, 1)));
        for (text, is_new) in [
            ("2.9.25", false),
            ("2.14.2", false),
            ("2.14.10", true),
            ("2.15.0", true),
            ("10.0.0", true),
        ] {
            assert_eq!(read(text) >= Some(OLDEST_SERVER), is_new, "{text}");
        }
        for text in ["new", "2", "2.14", "2.14.", "2.14.3.1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
