//! Problems that somebody has to do something about.

/// Trying again does not help: the login or the certificate is wrong.
pub(super) fn is_refusal(problem: &str) -> bool {
    [
        "authorization violation",
        "failed signing nonce",
        "invalid peer certificate",
    ]
    .iter()
    .any(|words| problem.contains(words))
}

/// What it means for people that a certificate is not accepted; none when that is not the problem.
pub(super) fn certificate_words(problem: &str) -> Option<&'static str> {
    let (_, problem) = problem.split_once("invalid peer certificate")?;
    Some(if problem.contains("not valid for name") {
        "the server's certificate is for other addresses; ask for a new link, or use the name the certificate is for"
    } else if problem.contains("certificate expired") || problem.contains("not valid yet") {
        "the server's certificate is not valid today; whoever runs the server renews it, or this machine's clock is wrong"
    } else {
        "it is not the server that is expected there, or nobody this machine trusts vouches for it; ask for a new link, or \
         name the certificate of the server's authority"
    })
}
