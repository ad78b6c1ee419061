/**
 * The part of Bamboo's task interface that {@code io.awsfed.examples.bamboo} needs, as interfaces of our own: Bamboo's
 * cannot be had from the public repositories. Each says what it stands for; where Bamboo has more, a plug-in passes its
 * objects through adapters of a few lines.
 */
package io.awsfed.examples.host.bamboo;
