package io.awsfed.examples.common;

import io.awsfed.Analysis;
import io.awsfed.AwsfedException;
import io.awsfed.Policy;
import io.awsfed.PolicySet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a form can say of a session policy that somebody wrote into it. Nothing is sent anywhere. */
public final class PolicyCheck {
    // A plug-in has its server's reader of JSON; here a pattern does, for parts as awsfed_policies_session_report writes them.
    private static final String TEXT = "\"((?:[^\"\\\\]|\\\\.)*)\"";
    private static final Pattern STATEMENT = Pattern.compile("\"statement\":(\\d+),\"redundant\":(true|false)");
    private static final Pattern PART =
            Pattern.compile("\\{\"action\":" + TEXT + ",\"resource\":" + TEXT + ",\"state\":" + TEXT);
    private static final Map<String, String> WHY = Map.of("no_role_allow", "the role does not allow it",
            "role_denies", "the role denies it", "session_denies", "the session policy denies it itself");

    /** One message at the field. */
    public static final class Note {
        private final boolean error;
        private final String text;

        private Note(boolean error, String text) {
            this.error = error;
            this.text = text;
        }

        /**
         * Whether the policy cannot stay as it is.
         *
         * @return true where AWS refuses it, or a part of it can never match
         */
        public boolean isError() {
            return error;
        }

        /**
         * What to show.
         *
         * @return a sentence or two
         */
        public String text() {
            return text;
        }

        @Override
        public String toString() {
            return (error ? "error: " : "warning: ") + text;
        }
    }

    private PolicyCheck() {}

    /**
     * Looks at a session policy by itself, and under the policy of the role where that is known.
     *
     * @param session the text, with <code>{{name}}</code> for build data
     * @param role the role's policy; empty: not known
     * @param sample what build data may look like
     * @return what there is to say; empty when all is well
     */
    public static List<Note> notes(String session, String role, Map<String, String> sample) {
        List<Note> notes = new ArrayList<>();
        try (Policy written = Policy.parse(session, "session")) {
            for (Policy.Finding finding : written.findings()) {
                notes.add(note(finding));
            }
            if (!written.isAccepted()) {
                return notes;
            }
            try (Policy filled = Policy.fill(session, sample, "session")) {
                if (!role.isEmpty()) {
                    addDead(filled, role, notes);
                }
            }
        } catch (AwsfedException wrong) { // a {{name}} that nobody has, a text without an end
            notes.add(new Note(true, wrong.explain()));
        }
        return notes;
    }

    private static Note note(Policy.Finding finding) {
        boolean isError = finding.severity() == Policy.Severity.REFUSED || finding.severity() == Policy.Severity.DEAD;
        return new Note(isError, "Line " + finding.line() + ", column " + finding.column() + ": " + finding.what() + " "
                + finding.advice() + " (" + finding.code() + ")");
    }

    private static void addDead(Policy session, String role, List<Note> notes) {
        try (Policy identity = Policy.parse(role, "identity"); PolicySet set = new PolicySet()) {
            if (!identity.isAccepted()) {
                notes.add(new Note(false, "The role's policy cannot be read, so nobody knows what it leaves of this one."));
                return;
            }
            set.add(PolicySet.Layer.IDENTITY, 0, identity).add(PolicySet.Layer.SESSION, 0, session);
            Analysis report = set.sessionReport(0);
            if (report.answer().equals("dead")) {
                notes.add(new Note(true, "Under this role the session may do nothing at all."));
            }
            addParts(report.json(), notes);
        }
    }

    private static void addParts(String json, List<Note> notes) {
        Matcher statement = STATEMENT.matcher(json);
        int from = statement.find() ? statement.end() : json.length();
        while (from < json.length()) {
            String name = "Statement " + (Long.parseLong(statement.group(1)) + 1);
            if (statement.group(2).equals("true")) {
                notes.add(new Note(false, name + " is redundant: the others allow the same."));
            }
            int to = statement.find() ? statement.start() : json.length();
            Matcher part = PART.matcher(json.substring(from, to));
            while (part.find()) {
                if (WHY.containsKey(part.group(3))) {
                    notes.add(new Note(false, name + ": " + part.group(1) + " on " + part.group(2) + " has no effect: "
                            + WHY.get(part.group(3)) + "."));
                }
            }
            from = to == json.length() ? to : statement.end();
        }
    }
}
