extension JSON {
    /// A document whose operations show, beside the schemas of their request and their answer, what was asked and
    /// answered once.
    func showing(_ examples: JSON) -> JSON {
        let paths = (self["paths"]?.members ?? []).map { path in
            let operations = path.value.members.map { operation in
                guard let id = operation.value["operationId"]?.text, let example = examples[id] else {
                    return operation
                }
                return Member(name: operation.name, value: operation.value.showing(example: example))
            }
            return Member(name: path.name, value: .object(operations))
        }
        return setting("paths", .object(paths))
    }

    private func showing(example: JSON) -> JSON {
        var shown = self
        if let body = self["requestBody"], let request = example["request"] {
            shown = shown.setting("requestBody", body.showing(body: request))
        }
        if let responses = self["responses"], let status = example["status"]?.source, let answer = example["answer"],
            let response = responses[status], response["content"] != nil
        {
            shown = shown.setting("responses", responses.setting(status, response.showing(body: answer)))
        }
        return shown
    }

    /// A body of JSON with its example.
    private func showing(body: JSON) -> JSON {
        guard let content = self["content"], let media = content["application/json"] else { return self }
        let shown = JSON.object(media.members + [Member(name: "example", value: body)])
        return setting("content", content.setting("application/json", shown))
    }
}
