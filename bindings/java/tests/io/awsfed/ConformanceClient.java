package io.awsfed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Java interface as a binding for tests/conformance/run.py, which says what the commands are and what is answered. */
final class ConformanceClient {
    private Settings settings = new Settings();
    private List<String[]> answers = new ArrayList<>();
    private boolean failed;

    private ConformanceClient() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        ConformanceClient client = new ConformanceClient();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            for (int i = 1; i < words.length; ++i) {
                words[i] = fromHex(words[i]);
            }
            if (words[0].equals("end")) {
                client.settings.close();
                client = new ConformanceClient();
                System.out.println("done");
            } else {
                client.run(words);
            }
            System.out.flush();
        }
    }

    private void run(String[] words) {
        if (failed) {
            return;
        }
        try {
            act(words);
        } catch (AwsfedException failure) {
            failed = true;
            tellError(failure);
        }
    }

    private static void tellError(AwsfedException failure) {
        String[] kinds = {"", "Internal", "Memory", "Usage", "Setting", "Cancelled", "Timeout", "Network", "Trust", "Protocol", "Refused",
            "Role", "Denied", "Expired", "Throttled", "Store", "Unsupported"};
        int status = List.of(kinds).indexOf(failure.getClass().getSimpleName());
        System.out.println("error " + status + " " + hex(failure.code()) + " " + hex(failure.setting()));
    }

    private void act(String[] words) {
        switch (words[0]) {
            case "set":
                settings.set(words[1], words[2]);
                break;
            case "secret":
                settings.setSecret(words[1], words[2].toCharArray());
                break;
            case "override":
                settings.override(words[1], words[2]);
                break;
            case "load":
                settings.load(Path.of(words[1]), words[2]);
                break;
            case "principal":
                settings.principal(words[1]);
                break;
            case "group":
                settings.group(words[1]);
                break;
            case "answer":
                answers.add(new String[] {words[1], words[2]});
                break;
            case "may_use":
                settings.refusal().ifPresentOrElse(ConformanceClient::tellError, () -> System.out.println("allowed"));
                break;
            case "policy":
                policy(words[1], words[2]);
                break;
            default:
                withContext(words);
        }
    }

    private void withContext(String[] words) {
        try (Context context = new Context(null)) {
            switch (words[0]) {
                case "obtain":
                    tell(context.obtain(settings, null));
                    break;
                case "signin":
                    signIn(context);
                    break;
                case "call":
                    call(context, words[1]);
                    break;
                default:
                    throw new IllegalArgumentException("there is no command " + words[0]);
            }
        }
    }

    private void tell(Credentials given) {
        try (Credentials credentials = given) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("access_key_id", credentials.accessKeyId());
            fields.put("role_arn", credentials.roleArn());
            fields.put("account", credentials.account());
            fields.put("session_arn", credentials.sessionArn());
            fields.put("source_identity", credentials.sourceIdentity());
            fields.put("region", credentials.region());
            fields.forEach((name, value) -> System.out.println("credentials " + hex(name) + " " + hex(value)));
            System.out.println("expires " + (credentials.expires().isPresent() ? 1 : 0));
        }
    }

    private void signIn(Context context) {
        try (SignIn signIn = context.signIn(settings)) {
            for (SignIn.State state = signIn.step(null); state != SignIn.State.DONE; state = signIn.step(null)) {
                if (state == SignIn.State.ASKS && !answerAll(signIn)) {
                    return;
                }
            }
            try (Assertion assertion = signIn.result()) {
                tell(context.assumeRole(settings, assertion, null));
            }
        }
    }

    private boolean answerAll(SignIn signIn) {
        for (SignIn.Question question : signIn.questions()) {
            System.out.println("asked " + hex(question.name()) + " " + (question.isSecret() ? 1 : 0));
            String[] answer = answers.stream().filter(one -> one[0].equals(question.name())).findFirst().orElse(null);
            if (answer == null) {
                return false;
            }
            answers.remove(answer);
            question.answer(answer[1].toCharArray());
        }
        return true;
    }

    private void call(Context context, String action) {
        try (StsAnswer answer = context.call(settings, action, null, null)) {
            for (String path : answer.members()) {
                String text = answer.isSecret(path) ? "[secret]" : answer.text(path).orElse("");
                System.out.println("member " + hex(path) + " " + hex(text));
            }
        }
    }

    private static void policy(String type, String text) {
        try (Policy policy = Policy.parse(text, type)) {
            policy.findings().forEach(finding -> System.out.println("finding " + hex(finding.code())));
            System.out.println("accepted " + (policy.isAccepted() ? 1 : 0));
        }
    }

    private static String hex(String text) {
        StringBuilder hex = new StringBuilder();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            hex.append(String.format("%02x", one));
        }
        return text.isEmpty() ? "-" : hex.toString();
    }

    private static String fromHex(String hex) {
        if (hex.equals("-")) {
            return "";
        }
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; ++i) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
