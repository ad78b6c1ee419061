/**
 * A task for Bamboo that signs in and hands credentials to the job, and the check of its form. A plug-in puts Bamboo's own
 * interfaces in the place of those in {@code io.awsfed.examples.host.bamboo}.
 */
package io.awsfed.examples.bamboo;
