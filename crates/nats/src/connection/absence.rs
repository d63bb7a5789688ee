//! Why nobody answers.

/// What it means for people that a server cannot be reached; none when the client's words have to do. Those are the
/// system's, so they differ from one to the other.
pub(super) fn absence_words(problem: &str) -> Option<&'static str> {
    let meanings = [
        (
            &["Connection refused", "actively refused"][..],
            "the server does not run at the moment, or a firewall keeps it from answering",
        ),
        (
            &["failed to lookup address"][..],
            "no machine of that name is known here; is this machine on the network?",
        ),
        (
            &["unreachable", "No route to host"][..],
            "the network does not lead there; is this machine on the network?",
        ),
        (&["timed out"][..], "it took too long to answer"),
    ];
    meanings
        .into_iter()
        .find(|(signs, _)| signs.iter().any(|sign| problem.contains(sign)))
        .map(|(_, words)| words)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::absence_words;

    #[test]
    fn what_this_system_says_is_understood() {
        let listener = TcpListener::bind("127.0.0.1:0").map(|it| it.local_addr());
        let nobody = listener.and_then(|address| TcpStream::connect(address?));
        let problem = nobody.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(absence_words(&problem).is_some(), "{problem}");
        assert_eq!(absence_words("something else"), None);
    }
}
