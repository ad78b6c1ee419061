package io.awsfed.examples.jenkins;

import io.awsfed.examples.common.BuildIdentity;
import io.awsfed.examples.host.jenkins.Run;
import io.awsfed.examples.host.jenkins.Step;
import io.awsfed.examples.host.jenkins.StepContext;
import io.awsfed.examples.host.jenkins.StepExecution;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gives temporary credentials to a block of a pipeline:
 *
 * <pre>{@code
 * withAwsfed(connector: 'deploy', credentialsId: 'technical-user', policy: readFile('policy.json')) {
 *     sh './deploy'
 * }
 * }</pre>
 *
 * <p>The sign-in happens at the agent, which has the connectors and the password. Inside the block are the variables that AWS's
 * tools read; the log hides their values; they are renewed until the block ends.
 */
public final class WithAwsfedStep implements Step {
    private final String config;
    private final String connector;
    private final Map<String, String> wishes = new LinkedHashMap<>();
    private String credentialsId = "";

    /**
     * The step.
     *
     * @param config the administrator's file with the connectors, at the agent: of the global configuration, not of the pipeline
     * @param connector name or id
     */
    public WithAwsfedStep(String config, String connector) {
        this.config = config;
        this.connector = connector;
    }

    /**
     * Whose user and password to sign in with.
     *
     * @param id of an entry of the agent's store; without it the connector has them
     * @return this
     */
    public WithAwsfedStep credentialsId(String id) {
        credentialsId = id;
        return this;
    }

    /**
     * What the session may do at most.
     *
     * @param policy JSON; <code>{{plan}}</code> and <code>{{build}}</code> in it are those of the build
     * @return this
     */
    public WithAwsfedStep policy(String policy) {
        wishes.put("policy", policy);
        return this;
    }

    /**
     * The role, where the connector leaves the choice.
     *
     * @param arn of the role
     * @return this
     */
    public WithAwsfedStep roleArn(String arn) {
        wishes.put("role_arn", arn);
        return this;
    }

    @Override
    public StepExecution start(StepContext context) {
        Run run = context.get(Run.class);
        SignInAtAgent request = new SignInAtAgent(config, connector, credentialsId, wishes,
                new BuildIdentity(run.getParentFullName(), run.getNumber()), run.getUserId().orElse(null), run.getUserGroups());
        return new WithAwsfedExecution(context, request);
    }
}
