/**
 * A step for Jenkins pipelines, {@code withAwsfed}, that gives credentials to the block behind it. A plug-in puts Jenkins' own
 * interfaces in the place of those in {@code io.awsfed.examples.host.jenkins}.
 */
package io.awsfed.examples.jenkins;
