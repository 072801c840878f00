/// Bodies as the store sends them.
enum SampleAnswers {
    static let order = #"""
        {"number":"DM-7K4Q-99","placedAt":"2026-11-24T09:12:44Z","status":"placed",
         "payment":{"status":"unpaid","method":"invoice"},"refunded":{"amount":0,"currency":"GBP"},
         "fulfilment":{"status":"partlyShipped","shipBy":"2026-11-27","shipments":[
           {"id":"1","carrier":"royal-mail","trackingNumber":"AB1","trackingUrl":"https://track.example/AB1",
            "shippedAt":"2026-11-25T10:00:00Z","items":[{"sku":"DM-KIT","quantity":1}]}]},
         "hold":{"reason":"addressProblem","note":"No house number.","by":"desk","at":"2026-11-25T08:00:00Z"},"mailUndeliverable":false,
         "parcels":[{"id":"1","packedAt":"2026-11-25T09:00:00Z","packedBy":"desk","shippedAt":"2026-11-25T10:00:00Z",
           "carrier":"royal-mail","trackingNumber":"AB1","trackingUrl":"https://track.example/AB1",
           "items":[{"sku":"CLEANSE-SHAMPOO","quantity":1,"lot":"L17"}]},
           {"id":"2","packedAt":"2026-11-25T09:30:00Z","packedBy":"desk","shippedAt":null,"carrier":null,
           "trackingNumber":null,"trackingUrl":null,"items":[{"sku":"RESTORE-OINTMENT","quantity":1,"lot":null}]}],
         "items":[{"sku":"DM-KIT","name":"DM aftercare kit","quantity":2,"unitPrice":{"amount":4500,"currency":"GBP"},
           "total":{"amount":9000,"currency":"GBP"},"includes":[],"open":1,"cancelled":0,"returned":1,"sealed":true,"lost":0}],
         "totals":{"items":{"amount":9000,"currency":"GBP"},"discount":{"amount":500,"currency":"GBP"},
           "shipping":{"amount":0,"currency":"GBP"},"tax":{"amount":1417,"currency":"GBP"},"taxIncluded":true,
           "total":{"amount":8500,"currency":"GBP"}},
         "customer":{"name":"Ada Example","givenName":null,"email":"ada@example.com","phone":null},
         "shippingAddress":{"line1":"1 High Street","line2":null,"city":"London","region":null,
           "postalCode":"N1 1AA","country":"GB"},"billingAddress":null,
         "course":{"timeZone":"Europe/London","sessions":["2026-12-01","2026-12-12"],"final":true,"keepDryHours":48,
           "washIntervalDays":2,"restDays":4},
         "shippingMethod":"standard","discountCodes":[],"ref":null,"accepted":[],"language":"en","reminders":{"hour":9},
         "comesTo":{"amount":8000,"currency":"GBP"},"adjustments":[{"cause":"goodwill","at":"2026-11-25T11:00:00Z",
           "amount":{"amount":-500,"currency":"GBP"},"tax":{"amount":-83,"currency":"GBP"},"items":[]}],
         "replacements":[{"sku":"CLEANSE-SHAMPOO","quantity":1}],
         "timeline":[{"kind":"placed","at":"2026-11-24T09:12:44Z","actor":"customer","requestId":"r-0","reason":null,
           "amount":null}]}
        """#

    static let queue = #"""
        {"date":"2026-11-25","late":1,"due":1,"blocked":1,"packed":2,"shipped":7,"stoppedWebhooks":1,"data":[
          {"number":"DM-7K4Q-99","shipBy":"2026-11-24","slackDays":-1,"state":"late","blockedBy":[],
           "items":[{"sku":"DM-KIT","quantity":2},{"sku":"RESTORE-LOTION","quantity":1}],"units":9,
           "shippingMethod":"standard","country":"GB","lease":{"by":"東京の倉庫","until":"2026-11-25T10:00:00Z"},
           "packed":false},
          {"number":"DM-7K4R-22","shipBy":"2026-11-25","slackDays":0,"state":"due","blockedBy":[],
           "items":[{"sku":"DM-KIT","quantity":1}],"units":4,"shippingMethod":"next-day","country":"GB","lease":null,
           "packed":true},
          {"number":"DM-7K4T-37","shipBy":"2026-11-25","slackDays":0,"state":"blocked","blockedBy":["unpaid","hold"],
           "items":[{"sku":"CLEANSE-SHAMPOO","quantity":3}],"units":3,"shippingMethod":null,"country":"DE",
           "lease":null,"packed":false}],"next":null}
        """#

    static let parcels = #"""
        {"data":[
          {"number":"DM-7K4R-22","parcel":"1","packedAt":"2026-11-25T09:00:00Z","packedBy":"staff desk",
           "shipBy":"2026-11-25","shippingMethod":"next-day","country":"GB","units":4,"newGuide":null},
          {"number":"DM-7K4Q-99","parcel":"1","packedAt":"2026-11-25T09:10:00Z","packedBy":"staff desk","shipBy":null,
           "shippingMethod":null,"country":"DE","units":3,"newGuide":2},
          {"number":"DM-7K4Q-99","parcel":"2","packedAt":"2026-11-25T09:20:00Z","packedBy":"staff desk","shipBy":null,
           "shippingMethod":null,"country":"DE","units":1,"newGuide":null}],"next":null}
        """#

    static let packing = #"""
        {"number":"DM-7K4Q-99","shipBy":"2026-11-27","lease":{"by":"desk","until":"2026-11-25T10:00:00Z"},
         "notes":[{"kind":"hold","text":"No house number.","by":"staff desk","at":"2026-11-25T08:00:00Z"},
           {"kind":"note","text":"Rings twice.","by":"staff desk","at":"2026-11-25T08:30:00Z"}],"guideRevision":1,
         "name":"Ada Example","shippingAddress":{"line1":"1 High Street","line2":null,"city":"London","region":null,
           "postalCode":"N1 1AA","country":"GB"},"shippingMethod":"standard",
         "components":[
           {"sku":"CLEANSE-SHAMPOO","name":"Cleanse Shampoo","barcode":"2000000000022","quantity":2,"required":true,
            "tracksLots":true},
           {"sku":"RESTORE-OINTMENT","name":"Restore Ointment","barcode":"2000000000053","quantity":1,"required":true,
            "tracksLots":false},
           {"sku":"ZERO-SHINE-SAMPLE","name":"Zero Shine, sample","barcode":null,"quantity":1,"required":false,
            "tracksLots":false}],"parcels":[]}
        """#

    static let packed = #"""
        {"number":"DM-7K4Q-99","shipBy":"2026-11-27","lease":null,"name":"Ada Example",
         "notes":[{"kind":"hold","text":"No house number.","by":"staff desk","at":"2026-11-25T08:00:00Z"},
           {"kind":"note","text":"Rings twice.","by":"staff desk","at":"2026-11-25T08:30:00Z"}],"guideRevision":1,
         "shippingAddress":{"line1":"1 High Street","line2":null,"city":"London","region":null,"postalCode":"N1 1AA",
           "country":"GB"},"shippingMethod":"standard","components":[],
         "parcels":[{"id":"1","packedAt":"2026-11-25T09:00:00Z","packedBy":"desk","shippedAt":null,"carrier":null,
           "trackingNumber":null,"trackingUrl":null,"items":[{"sku":"CLEANSE-SHAMPOO","quantity":2,"lot":"L17"},
           {"sku":"RESTORE-OINTMENT","quantity":1,"lot":null}]}]}
        """#

    static let row = #"""
        {"sku":"CLEANSE-SHAMPOO","name":"Cleanse Shampoo","onHand":40,"reserved":3,"available":37,"lowStockMark":50,
         "status":"lowStock","tracksLots":true,"lots":[{"lot":"L17","expires":"2028-06-30","onHand":30},
         {"lot":"L18","expires":null,"onHand":10}]}
        """#

    static let me = #"""
        {"name":"desk","role":"manager","createdAt":"2026-11-01T00:00:00Z","expiresAt":"2027-01-30T00:00:00Z",
         "revokedAt":null,"lastUsedAt":null}
        """#

    static let stock = #"{"data":[\#(row)],"next":null}"#
    static let day = #"""
        {"date":"2026-11-25","closedBy":"desk","closedAt":"2026-11-25T18:00:00Z","parcels":7,
         "shipped":[{"number":"DM-7K4R-22","why":null}],"left":[{"number":"DM-7K4T-37","why":"unpaid"}],
         "money":[{"method":"invoice","receipts":2,"received":{"amount":12350,"currency":"GBP"},"refunds":0,
            "refunded":{"amount":0,"currency":"GBP"},"rates":[
             {"basisPoints":2000,"receivedNet":{"amount":8500,"currency":"GBP"},"receivedTax":{"amount":1700,"currency":"GBP"},
              "refundedNet":{"amount":0,"currency":"GBP"},"refundedTax":{"amount":0,"currency":"GBP"}},
             {"basisPoints":750,"receivedNet":{"amount":2000,"currency":"GBP"},"receivedTax":{"amount":150,"currency":"GBP"},
              "refundedNet":{"amount":0,"currency":"GBP"},"refundedTax":{"amount":0,"currency":"GBP"}}]},
           {"method":"stripe","receipts":1,"received":{"amount":4500,"currency":"GBP"},"refunds":1,
            "refunded":{"amount":1200,"currency":"GBP"},"rates":[
             {"basisPoints":2000,"receivedNet":{"amount":3750,"currency":"GBP"},"receivedTax":{"amount":750,"currency":"GBP"},
              "refundedNet":{"amount":1000,"currency":"GBP"},"refundedTax":{"amount":200,"currency":"GBP"}}]}]}
        """#
    static let plan = #"""
        {"version":12,"changes":[{"kind":"change","what":"product DM-KIT","field":"price GBP","old":"4500","new":"4700"},
         {"kind":"remove","what":"product OLD","field":null,"old":null,"new":null}],"refusals":[]}
        """#
    static let applied = #"{"version":13,"previous":12,"changes":[]}"#
    static let links = #"{"order":"https://shop.example/o/abc","guide":"https://shop.example/g/abc","calendar":null}"#
    static let preview = #"{"changes":["Session 2 moves to 19 December."],"shipBy":"2026-11-27","version":1}"#
    static let moneyBack = #"""
        {"amount":{"amount":8500,"currency":"GBP"},"to":"Ada Example","method":"stripe",
         "comesTo":{"amount":0,"currency":"GBP"}}
        """#
    static let replacement = #"{"items":[{"sku":"CLEANSE-SHAMPOO","quantity":1}],"shipBy":"2026-11-26"}"#
    static let shipping = #"""
        {"before":{"amount":8500,"currency":"GBP"},"after":{"amount":8900,"currency":"GBP"},
         "arrives":{"from":"2026-11-26","to":"2026-11-27"},"shipBy":"2026-11-27"}
        """#
    static let installation = #"""
        {"settings":[{"name":"AFTERCARE_CURRENCY","value":"EUR"},{"name":"AFTERCARE_STRIPE_KEY","value":null}],
         "checkpoint":{"at":"2026-11-25T09:00:00Z","checkpoints":24}}
        """#
    static let returns = #"""
        {"data":[{"order":"DM-7K4Q-99","number":"DM-7K4Q-99-R1","kind":"return","announcedAt":"2026-11-25T09:00:00Z",
          "receivedAt":"2026-11-25T12:00:00Z","units":1},
         {"order":"DM-7K4R-22","number":"DM-7K4R-22-R2","kind":"withdrawal","announcedAt":"2026-11-25T10:00:00Z",
          "receivedAt":null,"units":11}]}
        """#
    static let orderReturns = #"""
        {"data":[{"number":"DM-7K4Q-99-R1","kind":"return","announcedAt":"2026-11-25T09:00:00Z","receivedAt":null,
          "credited":false,"items":[{"sku":"DM-KIT","name":"DM aftercare kit","quantity":1,"received":0}],
          "closedAt":null}],
         "address":["The Shop","2 Low Street"],"withdrawUntil":null}
        """#
    static let contact = #"""
        {"before":{"customer":{"name":"Ada Example","givenName":null,"email":"ada@example.com","phone":null},
          "address":{"line1":"1 High Street","line2":null,"city":"London",
          "region":null,"postalCode":"N1 1AA","country":"GB"}},
         "after":{"customer":{"name":"Ada Example","givenName":null,"email":"ada@new.example","phone":null},
          "address":{"line1":"12 High Street","line2":null,"city":"London",
          "region":null,"postalCode":"N1 1AA","country":"GB"}}}
        """#
    static let orders = #"""
        {"data":[{"number":"DM-7K4Q-99","placedAt":"2026-11-24T09:12:44Z","status":"placed",
          "payment":{"status":"paid","method":"stripe"},"fulfilment":"unfulfilled","shipBy":"2026-11-27",
          "total":{"amount":8500,"currency":"GBP"},"items":[{"sku":"DM-KIT","quantity":2}],"country":"GB","hold":null,"mailUndeliverable":false,
          "erasedAt":null,"comesTo":{"amount":8000,"currency":"GBP"}},
          {"number":"DM-7K4R-22","placedAt":"2026-11-23T09:12:44Z","status":"cancelled",
          "payment":{"status":"void","method":"invoice"},"fulfilment":"unfulfilled","shipBy":null,
          "total":{"amount":1200,"currency":"JPY"},"items":[{"sku":"RESTORE-LOTION","quantity":11}],"country":"JP",
          "hold":"addressProblem","mailUndeliverable":true,"erasedAt":null,
          "comesTo":{"amount":0,"currency":"JPY"}}],"next":"abc="}
        """#
    static let tokens = #"{"data":[\#(me)],"next":null}"#
    static let finding = #"""
        {"id":"7","kind":"refundUnknown","reference":"re_3P0Xk2","order":"DM-7K4Q-99",
         "amount":{"amount":4500,"currency":"GBP"},"foundAt":"2026-11-25T10:00:00Z","settlement":null}
        """#
    static let settled = #"""
        {"id":"7","kind":"refundUnknown","reference":"re_3P0Xk2","order":"DM-7K4Q-99",
         "amount":{"amount":4500,"currency":"GBP"},"foundAt":"2026-11-25T10:00:00Z",
         "settlement":{"at":"2026-11-26T09:00:00Z","by":"staff Ada","reason":"Refunded by hand."}}
        """#
    static let events = #"""
        {"data":[{"id":"41","type":"refunded","at":"2026-11-25T10:00:00Z","order":"DM-7K4Q-99","sequence":3,
          "amount":{"amount":4500,"currency":"GBP"},"state":{"status":"placed","payment":"partlyRefunded",
          "fulfilment":"partlyShipped","total":{"amount":8500,"currency":"GBP"},"refunded":{"amount":4500,"currency":"GBP"},
          "units":[{"sku":"CLEANSE-SHAMPOO","quantity":2,"packed":1,"shipped":1,"cancelled":1,"returned":0,"lost":0}],
          "comesTo":{"amount":4000,"currency":"GBP"}}},
         {"id":"42","type":"placed","at":"2026-11-25T10:01:00Z","order":"DM-7K4R-22","sequence":1,"amount":null,
          "state":{"status":"placed","payment":"unpaid","fulfilment":"unfulfilled",
          "total":{"amount":4500,"currency":"GBP"},"refunded":{"amount":0,"currency":"GBP"},"units":[],
          "comesTo":{"amount":4500,"currency":"GBP"}}}],"next":"42"}
        """#
    static let webhook = #"""
        {"id":"3","url":"https://clinic.example/hooks","description":"The clinic.","types":["placed","shipped"],
         "state":"active","stateReason":null,"stateSince":"2026-11-24T09:00:00Z","failingSince":null,
         "formerSecretUntil":null,"createdAt":"2026-11-24T09:00:00Z"}
        """#
    static let webhooks = #"""
        {"data":[\#(webhook),
         {"id":"4","url":"https://books.example/api/v2/incoming/orders?shop=dm","description":null,"types":null,
          "state":"paused","stateReason":"it answered 503","stateSince":"2026-11-25T10:00:00Z",
          "failingSince":"2026-11-20T09:00:00Z","formerSecretUntil":null,"createdAt":"2026-11-01T09:00:00Z"}],"next":null}
        """#
    static let newWebhook = #"""
        {"id":"3","url":"https://clinic.example/hooks","description":null,"types":["placed","shipped"],
         "state":"active","stateReason":null,"stateSince":"2026-11-24T09:00:00Z","failingSince":null,
         "formerSecretUntil":"2026-11-25T09:00:00Z","createdAt":"2026-11-24T09:00:00Z",
         "secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
        """#
    static let webhookAttempts = #"""
        {"data":[{"event":"DM-7K4Q-99/3","type":"refunded","attempt":2,"at":"2026-11-25T10:00:05Z","milliseconds":34,"outcome":"delivered",
          "status":204,"reason":null,"answer":""},
         {"event":"DM-7K4Q-99/3","type":"refunded","attempt":1,"at":"2026-11-25T10:00:00Z","milliseconds":15000,"outcome":"failed",
          "status":null,"reason":"no answer within 15 s","answer":null}],"next":null}
        """#
    static let webhookTests = #"""
        {"data":[{"endpoint":"3","id":"test_00","milliseconds":34,"status":204,"reason":null,"answer":""},
         {"endpoint":"4","id":"test_00","milliseconds":12,"status":503,"reason":"it answered 503","answer":"Down."}],
         "next":null}
        """#
    static let audit = #"{"agrees":true,"checked":6,"differences":[]}"#
    static let recall = #"""
        {"lot":"L17","onHand":2,"waiting":[{"number":"DM-8M2A-7C","sku":"CLEANSE-SHAMPOO","quantity":1}],
         "withoutLot":[{"sku":"CLEANSE-SHAMPOO","quantity":12}],"data":[{"number":"DM-7K4Q-99","sku":"CLEANSE-SHAMPOO","quantity":2,
         "shippedAt":"2026-11-25T10:00:00Z","name":"Ada Example","email":"ada@example.com"}],"next":null}
        """#
    /// What an erasure does: `at` is null for a preview.
    private static func erasure(at: String) -> String {
        #"""
        {"erasedAt":\#(at),"orders":[{"number":"DM-7K4Q-99","placedAt":"2026-11-24T09:00:00Z","status":"completed",
          "total":{"amount":8500,"currency":"GBP"},"obstacle":null}],
         "kept":[{"order":"DM-7K4Q-99","number":"INV-000007","issuedAt":"2026-11-25T10:00:00Z",
          "total":{"amount":8500,"currency":"GBP"},"buyer":["Ada Example","1 High Street"],"keptUntil":"2032-12-31",
          "law":"the tax law of GB wants invoices kept for 6 years"}]}
        """#
    }

    static let documents = #"""
        {"data":[{"kind":"invoice","number":"INV-7","issuedAt":"2026-11-25T10:00:00Z",
         "total":{"amount":8500,"currency":"GBP"},"page":"/o/abc/documents/INV-7","pdf":"/o/abc/documents/INV-7.pdf"}],
         "next":null}
        """#

    /// A store in which everything goes well.
    static let storefrontKey = #"""
        {"name":"German shop","key":"aftercare_key_4f7q2m9x0c3v8b1n5z6k7j2h4g",
         "origins":["https://shop.example","https://www.shop.example"],"currency":"EUR","country":"DE",
         "requestsPerMinute":600,"createdAt":"2026-11-24T09:12:44Z","revokedAt":null}
        """#

    static let revokedKey = #"""
        {"name":"App","key":"aftercare_key_0000000000000000000000000a","origins":[],"currency":null,"country":null,
         "requestsPerMinute":6000,"createdAt":"2026-11-20T09:12:44Z","revokedAt":"2026-11-23T09:12:44Z"}
        """#

    static func answer(_ request: StubStore.Request) -> StubStore.Reply {
        let path = request.path.split(separator: "?")[0]
        func ends(_ end: String) -> Bool { path.hasSuffix(end) }
        let body: String? =
            switch (request.method, path) {
            case ("DELETE", _) where ends("/lease"), ("DELETE", _) where path.contains("/tokens/"),
                ("DELETE", _) where path.contains("/webhooks/"), ("DELETE", _) where path.contains("/keys/"):
                nil
            case ("GET", "/v1/staff/webhooks"): webhooks
            case ("POST", "/v1/staff/webhooks"), (_, "/v1/staff/webhooks/3/secret"): newWebhook
            case (_, "/v1/staff/webhooks/3/attempts"): webhookAttempts
            case (_, "/v1/staff/webhooks/resends"): #"{"endpoints":["3","4"]}"#
            case (_, "/v1/staff/webhooks/tests"): webhookTests
            case (_, _) where path.contains("/webhooks/"): webhook
            case ("POST", "/v1/staff/keys"): storefrontKey
            case (_, "/v1/staff/keys"): #"{"data":[\#(storefrontKey),\#(revokedKey)],"next":null}"#
            case (_, _) where ends("/personal/export"):
                #"{"email":"ada@example.com","madeAt":"2026-11-25T10:00:00Z","orders":[]}"#
            case (_, _) where ends("/erasure/preview"): erasure(at: "null")
            case (_, _) where ends("/erasure"): erasure(at: #""2026-11-25T10:00:00Z""#)
            case (_, _) where ends("/me"): me
            case (_, _) where ends("/tokens"): tokens
            case (_, _) where ends("/findings"): #"{"data":[\#(finding)],"next":null}"#
            case (_, _) where ends("/settlement"): settled
            case (_, _) where ends("/events"): events
            case (_, _) where ends("/today"): queue
            case (_, _) where ends("/parcels"): parcels
            case (_, _) where ends("/next"): #"{"order":\#(packing)}"#
            case ("POST", _) where ends("/packing"): packed
            case (_, _) where ends("/lease") || ends("/packing"): packing
            case (_, _) where ends("/contact/preview"): contact
            case (_, _) where ends("/refunds/preview") || ends("/cancellation/preview"): moneyBack
            case (_, _) where ends("/replacements/preview"): replacement
            case (_, _) where ends("/shipping/preview"): shipping
            case (_, "/v1/staff/installation"): installation
            case (_, "/v1/staff/returns"): returns
            case (_, _) where ends("/returns"): orderReturns
            case (_, _) where ends("/returns/closure"):
                orderReturns.replacing(#""closedAt":null"#, with: #""closedAt":"2026-12-25T09:00:00Z""#)
            case (_, _) where ends("/preview"): preview
            case (_, _) where ends("/course"): #"{"order":\#(order),"revision":2}"#
            case (_, _) where ends("/links"): links
            case (_, _) where ends("/documents"): documents
            case ("GET", "/v1/staff/orders"): orders
            case (_, _) where path.contains("/days/"): day
            case ("GET", "/v1/staff/stock"): stock
            case (_, _) where ends("/audit"): audit
            case (_, _) where ends("/recall"): recall
            case (_, _) where path.contains("/stock/"): row
            case (_, _) where ends("/plan"): plan
            case ("PUT", "/v1/staff/catalog"): applied
            case ("GET", "/v1/staff/catalog"): #"{"products":[]}"#
            default: order
            }
        guard let body else { return .answer(204, "") }
        return .answer(200, body, ["ETag": "\"12\""])
    }
}
