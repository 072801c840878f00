"""A mail server that does to each recipient what the name before the @ says. Its folder gets the port, a line for each
connection, and each message that it took."""
import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = pathlib.Path(sys.argv[1])
options = json.loads(sys.argv[2])
at_recipient = {"nobody": "550 5.1.1 <nobody@example.com> is unknown", "grey": "451 4.7.1 Come again", "old": "550 no"}
at_end = {"busy": "452 4.3.1 Full", "spam": "554 5.7.1 Spam", "plain": "250 2.0.0 taken"}
taken = 0
seen = set()


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("stranger"):
            return "553 5.7.1 <stranger@example.com> is not yours"
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "mute":
            await asyncio.sleep(3600)
        if name == "twice" and address not in seen:
            seen.add(address)
            return "451 4.7.1 Come again"
        if name in at_recipient:
            return at_recipient[name]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        global taken
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "hang":
            (folder / "hanging").touch()
            await asyncio.sleep(3600)
        if name == "drop":
            server.transport.abort()
            return "250 never heard"
        if at_end.get(name, "250").startswith("250"):
            taken += 1
            (folder / f"{taken}.part").write_bytes(envelope.original_content)
            (folder / f"{taken}.part").rename(folder / str(taken))
        if name == "last":
            asyncio.get_running_loop().call_later(0.1, end, server.transport)
        return at_end.get(name, "250 2.0.0 OK")


def end(transport):
    """As servers end a connection that nobody uses."""
    transport.write(b"421 4.4.2 Goodbye\r\n")
    transport.close()
    (folder / "ended").touch()


class Server(SMTP):
    async def _handle_client(self):
        if options.get("silent"):
            await asyncio.sleep(3600)
        await super()._handle_client()

    def connection_made(self, transport):
        if not self.transport:
            with open(folder / "connections", "a") as file:
                file.write("1\n")
        super().connection_made(transport)

    async def smtp_DATA(self, argument):
        if self.envelope.rcpt_tos and self.envelope.rcpt_tos[0].startswith("cut@"):
            await self.push("354 Go on")
            await self._reader.read(1000)
            self.transport.abort()
            return
        await super().smtp_DATA(argument)


def authenticate(server, session, envelope, mechanism, data):
    # Where it is wrong and handled, aiosmtpd answers nothing.
    return AuthResult(success=(data.login, data.password) == (b"store", b"right"), handled=False)


async def main():
    context = None
    if options.get("certificate"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"], options["key"])
    is_implicit = options.get("implicit", False)

    def make():
        return Server(
            Handler(),
            hostname="relay.example",
            tls_context=None if is_implicit else context,
            require_starttls=options.get("requireTLS", False),
            authenticator=authenticate,
            auth_required=options.get("requireLogin", False),
            auth_require_tls=False,
        )

    server = await asyncio.get_running_loop().create_server(
        make, "127.0.0.1", options.get("port", 0), ssl=context if is_implicit else None
    )
    (folder / "port.part").write_text(str(server.sockets[0].getsockname()[1]))
    (folder / "port.part").rename(folder / "port")
    await server.serve_forever()


asyncio.run(main())
