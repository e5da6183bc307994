"""The small authority: what it may sign, what it must not be able to, and when certificates are made anew."""

import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from cloudwindow.foundation.tls import GivenCertificate, OwnCertificate, TlsFault, authority, names
from cloudwindow.foundation.tls.certificates import SERVER, names_in
from cloudwindow.foundation.tls.files import read_certificate, read_key

NOW = datetime.now(UTC)
LAN = ["192.168.7.20", "203.0.113.9"]


def own(folder: Path, now: datetime = NOW, addresses: list[str] | None = None, *given: str) -> OwnCertificate:
    return OwnCertificate(folder / "tls", given, now, lambda: LAN if addresses is None else addresses)


def shake(server: ssl.SSLContext, trusted: Path, name: str) -> None:
    """Let a client that trusts one root open a connection to a server, in memory; raises what the client says."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=str(trusted)).wrap_bio(down, up, server_hostname=name)
    host = server.wrap_bio(up, down, server_side=True)
    for _ in range(6):
        for side in (client, host):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() == "TLSv1.3"


@pytest.mark.parametrize("name", [*LAN, "localhost", "127.0.0.1", "window.lan.example"])
def test_a_client_that_trusts_the_root_trusts_the_server(tmp_path: Path, name: str) -> None:
    made = own(tmp_path, NOW, None, "window.lan.example")
    assert made.authority is not None
    shake(made.context, made.authority, name)


@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8", "www.gov.cn", "local", "2001:db8::1"])
def test_whoever_steals_the_key_cannot_be_anybody_else(tmp_path: Path, name: str) -> None:
    """The issuer signs whatever it is told to, and every client refuses it."""
    made = own(tmp_path)
    assert made.authority is not None
    found = authority.load_or_make(tmp_path / "tls", [], NOW)
    assert not found.covers(name)
    stolen = tmp_path / "stolen.pem"
    stolen.write_bytes(found.issue([name], NOW))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(stolen)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake(context, made.authority, name)


def test_the_key_of_the_root_is_nowhere(tmp_path: Path) -> None:
    made = own(tmp_path)
    assert made.authority is not None
    root = read_certificate(made.authority).public_key()
    files = {path.name: path for path in (tmp_path / "tls").iterdir()}
    assert set(files) == {"authority.crt", "issuer.crt", "issuer.key", SERVER}
    for name in ("issuer.key", SERVER):
        assert files[name].stat().st_mode & 0o777 == 0o600
        assert read_key(files[name]).public_key() != root
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700


def test_what_phones_ask_of_a_certificate(tmp_path: Path) -> None:
    own(tmp_path)
    found = read_certificate(tmp_path / "tls" / SERVER)
    assert found.not_valid_after_utc - found.not_valid_before_utc < timedelta(days=825)
    assert found.not_valid_before_utc < NOW
    assert [*found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value] == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert set(names_in(found)) >= {*LAN, "localhost", "127.0.0.1"}


def test_a_second_start_makes_nothing_anew(tmp_path: Path) -> None:
    own(tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "tls").iterdir()}
    again = own(tmp_path, NOW + timedelta(days=300))
    assert {path.name: path.read_bytes() for path in (tmp_path / "tls").iterdir()} == before
    assert not again.refresh(NOW + timedelta(days=300))


def test_a_changed_address_and_a_near_end_are_signed_by_the_same_authority(tmp_path: Path) -> None:
    here = ["192.168.7.20"]
    made = own(tmp_path, NOW, here)
    root, first = made.fingerprint, (tmp_path / "tls" / SERVER).read_bytes()
    here[:] = ["10.0.0.4"]
    assert made.refresh(NOW)
    second = (tmp_path / "tls" / SERVER).read_bytes()
    assert made.hosts[0] == "10.0.0.4"
    assert second != first
    assert made.authority is not None
    shake(made.context, made.authority, "10.0.0.4")
    assert made.refresh(NOW + authority.SERVER_LASTS - timedelta(days=29))
    assert (tmp_path / "tls" / SERVER).read_bytes() != second
    assert made.fingerprint == root


def test_a_name_that_the_authority_may_not_sign_for_is_left_out_and_named(tmp_path: Path) -> None:
    own(tmp_path)
    later = own(tmp_path, NOW, ["192.168.7.20", "198.51.100.77"], "other.example")
    assert later.not_covered == ["other.example", "198.51.100.77"]
    assert "other.example" not in later.hosts
    assert "192.168.7.20" in later.hosts


def test_a_bare_name_is_never_signed_for(tmp_path: Path) -> None:
    """`dev` would let the authority sign for the whole domain of that name."""
    made = own(tmp_path, NOW, [], "dev")
    assert made.not_covered == ["dev"]
    found = authority.load_or_make(tmp_path / "tls", [], NOW)
    assert not found.covers("dev")
    assert not found.covers("github.dev")


def test_near_its_end_there_is_another_authority_and_the_old_one_is_kept(tmp_path: Path) -> None:
    first = own(tmp_path).fingerprint
    late = NOW + authority.AUTHORITY_LASTS - timedelta(days=60)
    last = own(tmp_path, late)
    assert last.fingerprint == first
    assert not last.refresh(late)  # its certificate ends with the authority: another one would end with it as well
    assert own(tmp_path, NOW + authority.AUTHORITY_LASTS - timedelta(days=20)).fingerprint != first
    assert len([path for path in tmp_path.iterdir() if path.name.startswith("tls.until-")]) == 1


def test_files_that_do_not_fit_are_refused_in_one_line(tmp_path: Path) -> None:
    own(tmp_path)
    own(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "tls" / "issuer.key", tmp_path / "tls" / "issuer.key")
    with pytest.raises(TlsFault, match="do not fit together"):
        own(tmp_path)
    (tmp_path / "tls" / "issuer.key").write_text("rubbish")
    with pytest.raises(TlsFault, match="no key in PEM"):
        own(tmp_path)
    (tmp_path / "tls" / "issuer.key").unlink()
    with pytest.raises(TlsFault, match="cannot be read"):
        own(tmp_path)


def given(folder: Path, *addresses: str) -> tuple[Path, Path]:
    """A certificate and key in files of their own, as an operator has them."""
    made = OwnCertificate(folder / "its", [], NOW, lambda: list(addresses))
    assert made.authority is not None
    chain, key = folder / "chain.pem", folder / "key.pem"
    _, _, rest = (folder / "its" / SERVER).read_text().partition("-----BEGIN CERTIFICATE-----")
    chain.write_text(f"-----BEGIN CERTIFICATE-----{rest}")
    shutil.copy(folder / "its" / SERVER, key)
    return chain, key


def test_a_certificate_that_is_brought_is_read_again_when_it_changes(tmp_path: Path) -> None:
    chain, key = given(tmp_path, "10.0.0.1")
    brought = GivenCertificate(chain, key)
    assert brought.authority is None
    assert "10.0.0.1" in brought.hosts
    assert not brought.refresh(NOW)
    given(tmp_path, "10.0.0.2")
    assert brought.refresh(NOW)
    assert "10.0.0.2" in brought.hosts
    shake(brought.context, tmp_path / "its" / "authority.crt", "10.0.0.2")


def test_half_of_a_new_pair_leaves_the_old_one_in_force(tmp_path: Path) -> None:
    chain, key = given(tmp_path, "10.0.0.1")
    brought = GivenCertificate(chain, key)
    old = key.read_bytes()
    given(tmp_path, "10.0.0.2")
    new = key.read_bytes()
    key.write_bytes(old)
    with pytest.raises(TlsFault, match="fit together"):
        brought.refresh(NOW)
    shake(brought.context, tmp_path / "its" / "authority.crt", "10.0.0.1")
    key.write_bytes(new)
    assert brought.refresh(NOW)
    shake(brought.context, tmp_path / "its" / "authority.crt", "10.0.0.2")


def test_a_certificate_that_cannot_be_used(tmp_path: Path) -> None:
    chain, key = given(tmp_path, "10.0.0.1")
    with pytest.raises(TlsFault, match="cannot be read"):
        GivenCertificate(tmp_path / "none", key)
    chain.write_text("rubbish")
    with pytest.raises(TlsFault, match="fit together"):
        GivenCertificate(chain, key)


def test_addresses_are_those_that_others_can_reach() -> None:
    for address in names.lan_addresses():
        assert names.is_address(address)
        assert not address.startswith(("127.", "169.254.", "0."))
    assert len(set(names.lan_addresses())) == len(names.lan_addresses())


def test_full_names() -> None:
    asked = ("a.b", "vm.local", "dev", "10.0.0.1", "a_b.c", "-a.b", "")
    assert [name for name in asked if names.is_full_name(name)] == ["a.b", "vm.local"]
