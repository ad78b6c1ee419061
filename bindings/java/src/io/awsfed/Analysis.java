package io.awsfed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An answer about all requests at once. */
public final class Analysis {
    private final String answer;
    private final String json;
    private final List<String> documents;

    private Analysis(String answer, String json, List<String> documents) {
        this.answer = answer;
        this.json = json;
        this.documents = Collections.unmodifiableList(documents);
    }

    /** The native analysis is freed. */
    static Analysis of(Transport transport, long analysis) {
        try {
            List<String> documents = new ArrayList<>();
            long count = Message.numberOf(transport, Call.ANALYSIS_DOCUMENT_COUNT, analysis);
            for (long i = 0; i < count; ++i) {
                documents.add(Message.textOf(transport, Call.ANALYSIS_DOCUMENT, analysis, i));
            }
            return new Analysis(Message.textOf(transport, Call.ANALYSIS_ANSWER, analysis),
                    Message.textOf(transport, Call.ANALYSIS_JSON, analysis), documents);
        } finally {
            Message.done(transport, Call.ANALYSIS_FREE, analysis);
        }
    }

    /**
     * The answer in a word.
     *
     * @return what was asked says which there are; {@code unknown} when the work was bounded before it was found
     */
    public String answer() {
        return answer;
    }

    /**
     * All of it, with the requests that show it.
     *
     * @return JSON, see docs/guide/policies.md
     */
    public String json() {
        return json;
    }

    /**
     * What came out, as policies.
     *
     * @return JSON documents; may be empty
     */
    public List<String> documents() {
        return documents;
    }
}
