/** What a JVM takes by itself. */
public final class Nothing {
    private Nothing() {}

    public static void main(String[] arguments) {
        // nothing
    }
}
