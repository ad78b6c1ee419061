package io.awsfed.examples.host.bamboo;

/**
 * Stands for Bamboo's ErrorCollection. Bamboo's has errors alone: a plug-in shows warnings in the
 * form's own template.
 */
public interface FieldMessages {
    /**
     * The form cannot be saved as it is.
     *
     * @param field the field at fault
     * @param message for the person at the form
     */
    void addError(String field, String message);

    /**
     * The form can be saved.
     *
     * @param field the field that it is about
     * @param message for the person at the form
     */
    void addWarning(String field, String message);
}
