import CCurl
import Encodings
import Mail
import Synchronization

/// One thread's libcurl: a message at a time, over a connection that is kept.
final class CurlSession {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK

    private let relay: SMTPRelay
    private let connectTimeout: Duration
    private let timeout: Duration
    private let handle: UnsafeMutableRawPointer?
    private let sockets = Sockets()

    init(_ relay: SMTPRelay, connectTimeout: Duration, timeout: Duration) {
        self.relay = relay
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        handle = Self.isReady ? curl_easy_init() : nil
    }

    deinit { curl_easy_cleanup(handle) }

    func perform(_ transfer: Transfer) -> Transfer.Outcome {
        guard let handle, let recipients = curl_slist_append(nil, "<\(transfer.to.text)>") else {
            return .failure(.unreachable(.failure))
        }
        defer { curl_slist_free_all(recipients) }
        sockets.shutDownEnded()
        // Options go, connections stay.
        curl_easy_reset(handle)
        address(handle)
        curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(transfer.from.text)>")
        curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        // Without its size: libcurl 7.88 compares it with what it sent, doubled dots included, and may end too early.
        curl_set_number(handle, CURLOPT_UPLOAD, 1)
        let conversation = Conversation(transfer, timeout: timeout, sockets)
        let code = withExtendedLifetime(conversation) {
            Self.listen(handle, conversation)
            watchSockets(handle)
            return curl_easy_perform(handle)
        }
        let outcome = Self.outcome(code, conversation)
        switch outcome {
        case .success, .failure(.permanent), .failure(.temporary(_?)): break
        // libcurl 7.88 would take up a connection again whose server never answered the final dot.
        case .failure: sockets.shutDown()
        }
        return outcome
    }

    private func address(_ handle: UnsafeMutableRawPointer) {
        curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        curl_set_text(handle, CURLOPT_URL, relay.url)
        // No proxy from the environment.
        curl_set_text(handle, CURLOPT_PROXY, "")
        // Signals are the process's own.
        curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.milliseconds)
        let tls =
            switch relay.tls {
            case .required: CURLUSESSL_ALL
            case .ifOffered: CURLUSESSL_TRY
            case .never: CURLUSESSL_NONE
            }
        curl_set_number(handle, CURLOPT_USE_SSL, Int(tls.rawValue))
        if let file = relay.authorityFile { curl_set_text(handle, CURLOPT_CAINFO, file) }
        if let login = relay.login {
            curl_set_text(handle, CURLOPT_USERNAME, login.user)
            curl_set_text(handle, CURLOPT_PASSWORD, login.password.text)
        }
    }

    private static func listen(_ handle: UnsafeMutableRawPointer, _ conversation: Conversation) {
        curl_set_callbacks(
            handle,
            { buffer, size, count, context in
                Conversation.of(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            },
            { line, size, count, context in
                Conversation.of(context).heard(UnsafeRawBufferPointer(start: line, count: size * count))
                return size * count
            },
            { _, kind, text, count, context in
                if kind == CURLINFO_HEADER_OUT {
                    Conversation.of(context).said(UnsafeRawBufferPointer(start: text, count: count))
                }
                return 0
            },
            // Asked once a second at least, also while the server is waited for after the final dot or a QUIT, where
            // libcurl 7.88 heeds no time limit of its own.
            { context, _, _, _, _ in Conversation.of(context).mayGoOn() ? 0 : 1 },
            Unmanaged.passUnretained(conversation).toOpaque()
        )
    }

    private func watchSockets(_ handle: UnsafeMutableRawPointer) {
        curl_set_socket_callbacks(
            handle,
            { context, socket, _ in
                Unmanaged<Sockets>.fromOpaque(context!).takeUnretainedValue().opened(socket)
                return CURL_SOCKOPT_OK
            },
            { context, socket in Unmanaged<Sockets>.fromOpaque(context!).takeUnretainedValue().close(socket) },
            Unmanaged.passUnretained(sockets).toOpaque()
        )
    }

    private static func outcome(_ code: CURLcode, _ conversation: Conversation) -> Transfer.Outcome {
        if code == CURLE_OK { return .success(()) }
        let refusal = conversation.reply.flatMap { (400...599).contains($0.code) ? $0 : nil }
        if conversation.isHandedOver {
            guard conversation.isAnswered, let reply = conversation.reply else { return .failure(.unknown) }
            if reply.code / 100 == 2 { return .success(()) }
            return .failure(refusal.map(SMTPError.init) ?? .unknown)
        }
        if conversation.isCancelled { return .failure(.cancelled) }
        if let refusal, refusal.code < 500 { return .failure(.temporary(refusal)) }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return .failure(.unreachable(.name))
        case CURLE_COULDNT_CONNECT: return .failure(.unreachable(.connection))
        case CURLE_USE_SSL_FAILED: return .failure(.unreachable(.noTLS))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: return .failure(.unreachable(.certificate))
        case CURLE_SSL_CONNECT_ERROR: return .failure(.unreachable(.tls))
        case CURLE_LOGIN_DENIED: return .failure(.unreachable(.login))
        case CURLE_WEIRD_SERVER_REPLY, CURLE_REMOTE_ACCESS_DENIED: return .failure(.unreachable(.greeting))
        case CURLE_OPERATION_TIMEDOUT where conversation.reply == nil,
            CURLE_ABORTED_BY_CALLBACK where conversation.reply == nil:
            return .failure(.unreachable(.silence))
        case CURLE_OPERATION_TIMEDOUT, CURLE_ABORTED_BY_CALLBACK, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
            CURLE_GOT_NOTHING:
            // It asks for a login or for TLS first (RFC 4954, RFC 3207).
            if refusal?.code == 530 { return .failure(.unreachable(.loginMissing)) }
            if refusal != nil, conversation.isAtSender { return .failure(.unreachable(.sender)) }
            return .failure(refusal.map(SMTPError.init) ?? .temporary(nil))
        default: return .failure(.unreachable(.failure))
        }
    }
}

extension Conversation {
    fileprivate static func of(_ context: UnsafeMutableRawPointer?) -> Conversation {
        Unmanaged.fromOpaque(context!).takeUnretainedValue()
    }
}

extension SMTPError {
    /// What a refusal of 4xx or 5xx means once the server has greeted.
    fileprivate init(_ refusal: SMTPReply) {
        self =
            switch refusal.code {
            case 500...: .permanent(refusal)
            default: .temporary(refusal)
            }
    }
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
