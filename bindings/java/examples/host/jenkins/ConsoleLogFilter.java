package io.awsfed.examples.host.jenkins;

import java.io.OutputStream;
import java.io.Serializable;

/** Stands for hudson.console.ConsoleLogFilter. */
public interface ConsoleLogFilter extends Serializable {
    /**
     * Puts something before the log.
     *
     * @param run whose log it is
     * @param log where its bytes go
     * @return where they shall be written
     */
    OutputStream decorateLogger(Run run, OutputStream log);
}
