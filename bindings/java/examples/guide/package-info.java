/** The examples of docs/guide/java.md. */
package io.awsfed.examples.guide;
