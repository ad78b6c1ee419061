package io.awsfed;

/** Takes the lines of the audit: one for each issue, refusal and hit ({@code docs/guide/connectors.md}). */
@FunctionalInterface
public interface AuditListener {
    /**
     * Called on the thread of the call that is told of, by several at once; it may not use awsfed.
     *
     * @param line a JSON object, without a line's end and without a secret
     * @return true when it is written; else, and after an exception, {@code audit=required} keeps the credentials back
     * @throws Exception when it could not be written
     */
    boolean written(String line) throws Exception;
}
