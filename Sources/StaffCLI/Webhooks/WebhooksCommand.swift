import ArgumentParser

/// `aftercare webhooks …`
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Have other systems told what happens.",
        subcommands: [
            WebhooksList.self, WebhooksCreate.self, WebhooksShow.self, WebhooksUpdate.self, WebhooksRemove.self,
            WebhooksRotate.self, WebhooksResume.self, WebhooksAttempts.self, WebhooksResend.self,
            WebhooksTrigger.self, WebhooksListen.self,
        ]
    )
}
