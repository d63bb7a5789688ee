//! This machine's addresses on its networks.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// Where others find this machine. A hosted server listens at IPv4 addresses.
pub(crate) struct Addresses {
    /// The one towards the rest of the world; the machine itself where there is no network.
    pub first: IpAddr,
    /// That one, then all others.
    pub all: Vec<IpAddr>,
}

impl Addresses {
    /// Those of now: people carry their machines from one network to the next.
    pub(crate) fn now() -> Self {
        let first = outward().unwrap_or(Ipv4Addr::LOCALHOST.into());
        // What the system does not tell others cannot use either, most likely.
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let addresses = interfaces.into_iter().map(|interface| interface.ip());
        let mut others: Vec<IpAddr> = addresses
            .filter(|address| address.is_ipv4() && !address.is_loopback() && *address != first)
            .collect();
        others.sort();
        others.dedup();
        others.insert(0, first);
        Self { first, all: others }
    }
}

fn outward() -> Option<IpAddr> {
    // Nothing is sent: the system only says from where it would be.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
