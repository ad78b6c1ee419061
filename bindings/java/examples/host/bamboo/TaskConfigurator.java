package io.awsfed.examples.host.bamboo;

import java.util.Map;

/** Stands for Bamboo's TaskConfigurator: the server's side of a task's form. */
public interface TaskConfigurator {
    /**
     * Gives the form's template what it shows.
     *
     * @param context objects by names
     */
    void populateContextForCreate(Map<String, Object> context);

    /**
     * Looks at what somebody wants to save.
     *
     * @param fields the form's fields
     * @param user who configures the task, as the server has authenticated him (BambooAuthenticationContext)
     * @param messages what is wrong with it; without an error it is saved
     */
    void validate(Map<String, String> fields, BambooUser user, FieldMessages messages);
}
