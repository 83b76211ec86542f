internal import Core
internal import Models

/// A person's own question, in the form in which every model is asked.
enum PlainQuestion {
    static func request(_ prompt: String) -> ModelRequest {
        ModelRequest(
            contract: "question",
            instructions: "Answer the question of the input, in a few sentences, as 'answer'.",
            input: ["question": .string(prompt)],
            schema: [
                "type": "object", "properties": ["answer": ["type": "string"]], "required": ["answer"],
                "additionalProperties": false,
            ]
        )
    }

    /// The answer, or all that was said where it has another form.
    static func answer(in text: String) -> String {
        let object = try? AnswerText.object(in: text)
        return object?["answer"]?.string ?? text
    }
}
