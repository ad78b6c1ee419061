/**
 * The part of Jenkins' interface for pipeline steps that {@code io.awsfed.examples.jenkins} needs, as interfaces of our own:
 * Jenkins' cannot be had from the public repositories. Each says what it stands for.
 */
package io.awsfed.examples.host.jenkins;
