package io.awsfed.examples.common;

import io.awsfed.Settings;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which build a session is for: what AWS's logs shall say. */
public final class BuildIdentity implements Serializable {
    private static final long serialVersionUID = 1;

    private final String plan;
    private final String build;

    /**
     * Of one build.
     *
     * @param plan the plan, or the job with its folders
     * @param build its number
     */
    public BuildIdentity(String plan, int build) {
        this.plan = plan;
        this.build = Integer.toString(build);
    }

    /**
     * What {@code {plan}} and {@code {build}} stand for in settings, and {@code {{plan}}} and {@code {{build}}} in policies.
     *
     * @return texts by names
     */
    public Map<String, String> data() {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("plan", plan);
        data.put("build", build);
        return data;
    }

    /**
     * Names the session after the build, unless the connector will say otherwise: to be called before it is loaded. Nothing is
     * said of {@code source_identity}: where the connector has it ({@code {plan}-{build}}), the role's trust policy must allow
     * {@code sts:SetSourceIdentity}, which only an administrator knows.
     *
     * @param settings of the call
     */
    public void name(Settings settings) {
        settings.set("role_session_name", "{plan}-{build}");
    }

    /**
     * Says which build it is: to be called after the connector was loaded, for no connector knows.
     *
     * @param settings of the call
     */
    public void describe(Settings settings) {
        settings.set("build_data", json(data()));
    }

    private static String json(Map<String, String> texts) {
        StringBuilder json = new StringBuilder();
        texts.forEach((name, text) -> json.append(json.length() == 0 ? "{" : ",").append(quoted(name)).append(':')
                .append(quoted(text)));
        return json.append('}').toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(one -> {
            if (one == '"' || one == '\\' || one < ' ') {
                quoted.append(String.format("\\u%04x", one));
            } else {
                quoted.append((char) one);
            }
        });
        return quoted.append('"').toString();
    }
}
