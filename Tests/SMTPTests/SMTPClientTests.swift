import Encodings
import Foundation
import SMTP
import TestSupport
import Testing

/// What a server does to a message is what the client says of it.
@Suite(.enabled("aiosmtpd is installed") { RelayServer.isInstalled }) struct SMTPClientTests {
    /// A message of exactly so many octets whose short lines, many of them dots, begin so much later.
    private func message(_ octets: Int, shift: Int) -> [UInt8] {
        var message = Array("X: \(String(repeating: "x", count: shift))\r\n\r\n".utf8)
        let lines = [".\r\n", "..\r\n", ".a\r\n", "text\r\n"].map { Array($0.utf8) }
        var index = 0
        while message.count + 20 < octets {
            message += lines[index % lines.count]
            index += 1
        }
        return message + Array(String(repeating: ".", count: octets - message.count - 2).utf8) + Array("\r\n".utf8)
    }

    @Test func messagesArriveByteForByteOverOneConnection() async throws {
        try await RelayServer.run { server in
            let client = try server.client()
            let sizes = [65_535, 65_536, 65_537, 131_072]
            let messages = sizes.flatMap { size in (0..<13).map { message(size, shift: $0) } }
            for message in messages { #expect(try await client.error(to: "ada", message) == nil) }
            let taken = server.messages
            #expect(taken.count == messages.count)
            for (one, other) in zip(taken, messages) {
                // Compared outside, since two long arrays that differ take an age to be described.
                let isSame = one == other
                #expect(isSame, "of \(other.count) octets")
            }
            #expect(try server.connectionCount == 1)
        }
    }

    @Test func severalAreSentAtOnceAndNoMoreThanAllowed() async throws {
        try await RelayServer.run { server in
            let client = try server.client(connections: 3)
            try await withThrowingTaskGroup(of: SMTPError?.self) { group in
                for _ in 0..<40 { group.addTask { try await client.error(to: "ada") } }
                for try await error in group { #expect(error == nil) }
            }
            #expect(server.messages.count == 40)
            let connectionCount = try server.connectionCount
            #expect((1...3).contains(connectionCount))
        }
    }

    @Test func refusalsKeepTheirCodesAndNothingElse() async throws {
        try await RelayServer.run { server in
            let client = try server.client()
            let cases = [
                ("nobody", "the relay refused the message for good (550 5.1.1); correct the address"),
                ("old", "the relay refused the message for good (550); correct the address"),
                ("grey", "the relay refused the message for now (451 4.7.1); send it again later"),
                ("busy", "the relay refused the message for now (452 4.3.1); send it again later"),
                ("spam", "the relay refused the message for good (554 5.7.1); correct the address"),
            ]
            for (name, sentence) in cases {
                let error = try #require(try await client.error(to: name))
                #expect(error.description == sentence)
                switch error {
                case .permanent(let reply): #expect(reply.code >= 500)
                case .temporary(let reply?): #expect(reply.code < 500)
                default: Issue.record("\(error)")
                }
                // The next one is none the worse for it.
                #expect(try await client.error(to: "ada") == nil)
            }
            #expect(server.messages.count == cases.count)
        }
    }

    @Test func lostAfterTheFinalDotIsUnknown() async throws {
        try await RelayServer.run { server in
            let client = try server.client(timeout: .seconds(60))
            #expect(try await client.error(to: "drop") == .unknown)
            #expect(try await client.error(to: "hang") == .unknown)
            #expect(try await client.error(to: "ada") == nil)
        }
    }

    @Test func lostBeforeItIsTemporary() async throws {
        try await RelayServer.run { server in
            let client = try server.client()
            // More than the kernel takes in for a server that reads no more.
            let long = Array(String(repeating: "text\r\n", count: 8_000_000).utf8)
            #expect(try await client.error(to: "cut", long) == .temporary(nil))
            #expect(try await client.error(to: "ada") == nil)
        }
    }

    @Test func connectionThatTheServerEndedIsMadeAnew() async throws {
        try await RelayServer.run { server in
            let client = try server.client()
            #expect(try await client.error(to: "last") == nil)
            try await eventually("the connection is ended") { server.hasEnded }
            #expect(try await client.error(to: "ada") == nil)
            #expect(try server.connectionCount == 2)
        }
    }

    @Test func silenceIsNoSending() async throws {
        try await RelayServer.run { server in
            let client = try server.client(timeout: .seconds(60))
            #expect(try await client.error(to: "mute") == .temporary(nil))
            #expect(try await client.error(to: "ada") == nil)
        }
        try await RelayServer.run(["silent": true]) { server in
            let client = try server.client(connectTimeout: .seconds(1))
            #expect(try await client.error(to: "ada") == .unreachable(.silence))
            let hurried = try server.client(timeout: .seconds(1))
            #expect(try await hurried.error(to: "ada") == .unreachable(.silence))
        }
    }

    @Test func cancelledTaskGivesUp() async throws {
        try await RelayServer.run { server in
            let client = try server.client(timeout: .seconds(3_600))
            let sending = Task { try await client.error(to: "hang") }
            try await eventually("all was sent") { server.isHanging }
            // One that waits for the thread, and goes at once while the first still has it.
            let waiting = Task { try await client.error(to: "ada") }
            waiting.cancel()
            #expect(try await waiting.value == .cancelled)
            sending.cancel()
            #expect(try await sending.value == .unknown)
            let late = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await client.error(to: "ada")
            }
            late.cancel()
            #expect(try await late.value == .cancelled)
            #expect(try await client.error(to: "ada") == nil)
            #expect(server.messages.count == 1)
        }
    }

    @Test func loginIsAskedForAndChecked() async throws {
        try await RelayServer.run(["requireLogin": true]) { server in
            let right = SMTPRelay.Login(user: "store", password: .init("right"))
            let wrong = SMTPRelay.Login(user: "store", password: .init("wrong"))
            #expect(try await server.error(login: right) == nil)
            #expect(try await server.error(login: wrong) == .unreachable(.login))
            let nobody = try server.client()
            #expect(try await nobody.error(to: "ada") == .unreachable(.loginMissing))
        }
    }

    @Test func shopThatMayNotSendIsNoFaultOfTheMessage() async throws {
        try await RelayServer.run { server in
            let client = try server.client()
            #expect(try await client.error(to: "ada", from: "stranger") == .unreachable(.sender))
            #expect(try await client.error(to: "nobody")?.description.contains("550 5.1.1") == true)
            #expect(try await client.error(to: "ada") == nil)
        }
    }

    @Test func whatIsNotThereIsUnreachable() async throws {
        let relay = try SMTPRelay(url: "smtp://127.0.0.1:\(freePort())")
        let closed = SMTPClient(relay, connectTimeout: .seconds(120))
        #expect(try await closed.error(to: "ada") == .unreachable(.connection))
        let nowhere = SMTPClient(try SMTPRelay(url: "smtp://relay.invalid"), connectTimeout: .seconds(120))
        #expect(try await nowhere.error(to: "ada") == .unreachable(.name))
    }
}
