package io.awsfed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.LongFunction;

/**
 * One set of rules that calls are made under. It may be used by many threads at once, and keeps connections to services
 * for the next call.
 *
 * <p>In every call, {@code settings} are laid over those of the context and may be null, and {@code cancel} stops it from
 * another thread and may be null. A call that waits also ends when its thread is interrupted: with
 * {@link AwsfedException.Cancelled}, and the interrupt stays set; the {@code cancel} that it was given counts as used then.
 * What fails throws an {@link AwsfedException} of the kind that says what did.
 */
public final class Context extends Handle {
    /** Unused ones for calls that are given none. */
    private final ConcurrentLinkedDeque<Cancel> spare = new ConcurrentLinkedDeque<>();
    private final Listeners listeners = new Listeners();

    /**
     * A context under those settings.
     *
     * @param settings copied, so they may be closed; null for none
     * @throws IllegalStateException when the native part cannot be loaded, or its process not be started
     */
    public Context(Settings settings) {
        this(settings == null ? Library.transport() : settings.transport(), settings);
    }

    private Context(Transport transport, Settings settings) {
        super(transport, settings == null ? make(transport, 0) : settings.shared(given -> make(transport, given)),
                Call.CONTEXT_FREE);
    }

    private static long make(Transport transport, long settings) {
        return Message.numberOf(transport, Call.CONTEXT_NEW, Code.ABI, settings);
    }

    @Override
    public void close() {
        super.close();
        for (Cancel cancel = spare.poll(); cancel != null; cancel = spare.poll()) {
            cancel.close();
        }
    }

    // ---- the short way -------------------------------------------------------------------------------

    /**
     * {@link #obtain(Settings, Cancel)} with the context's own settings.
     *
     * @return the credentials
     */
    public Credentials obtain() {
        return obtain(null, null);
    }

    /**
     * Signs in, or takes the caller's keys, and trades them for temporary credentials. It blocks while it waits for the
     * network, and never asks a person.
     *
     * @param settings over those of the context; may be null
     * @param cancel stops it; may be null
     * @return the credentials
     */
    public Credentials obtain(Settings settings, Cancel cancel) {
        return new Credentials(transport(), made(Call.OBTAIN, settings, cancel, message -> message));
    }

    // ---- sign-in, step by step -----------------------------------------------------------------------

    /**
     * Begins a conversation with the identity provider, which may ask questions of a person.
     *
     * @param settings over those of the context; may be null
     * @return the conversation, before its first step
     */
    public SignIn signIn(Settings settings) {
        return new SignIn(this, shared(context -> sharedWith(settings,
                given -> Message.numberOf(transport(), Call.SIGNIN_NEW, context, given))));
    }

    /**
     * What a SAML response says. Nobody has checked its signature: take its words as hints, never as proof.
     *
     * @param response in base64, as STS takes it, or its XML
     * @return what it says
     */
    public Assertion parse(String response) {
        byte[] bytes = response.getBytes(StandardCharsets.UTF_8);
        return new Assertion(transport(), shared(context -> Message.call(transport(), Call.ASSERTION_PARSE,
                message -> message.put(context).put(bytes), Message::number)));
    }

    /**
     * Checks a SAML response as the settings of the group trust say.
     *
     * @param settings over those of the context; may be null
     * @param response in the form that the setting {@code response_form} names
     * @param at the instant to judge by; null: now
     * @param cancel stops it; may be null
     * @return every check with its outcome; a no is an answer, no exception
     */
    public Verdict verify(Settings settings, String response, Instant at, Cancel cancel) {
        byte[] bytes = response.getBytes(StandardCharsets.UTF_8);
        return new Verdict(transport(), made(Call.ASSERTION_VERIFY, settings, cancel,
                message -> message.put(bytes).put(Times.ms(at))));
    }

    // ---- STS -----------------------------------------------------------------------------------------

    /**
     * AssumeRoleWithSAML with a response as it was received.
     *
     * @param settings over those of the context; may be null
     * @param assertion the response
     * @param cancel stops it; may be null
     * @return the credentials
     */
    public Credentials assumeRole(Settings settings, Assertion assertion, Cancel cancel) {
        Objects.requireNonNull(assertion, "assertion");
        return with(Call.ASSUME_ROLE_WITH_SAML, settings, null, assertion, cancel);
    }

    /**
     * AssumeRoleWithSAML with a response whose signature was verified.
     *
     * @param settings over those of the context; may be null
     * @param assertion what was proved
     * @param cancel stops it; may be null
     * @return the credentials
     */
    public Credentials assumeRole(Settings settings, VerifiedAssertion assertion, Cancel cancel) {
        Objects.requireNonNull(assertion, "assertion");
        return with(Call.ASSUME_ROLE_WITH_VERIFIED, settings, null, assertion, cancel);
    }

    /**
     * Any action of STS that gives credentials for those of the caller: AssumeRole, GetFederationToken, GetSessionToken and so on.
     *
     * @param settings over those of the context, with the action's parameters; may be null
     * @param action by AWS's name, or as the setting {@code sts_action} has it
     * @param source the caller's keys; null: those of the settings
     * @param cancel stops it; may be null
     * @return the credentials
     */
    public Credentials session(Settings settings, String action, Credentials source, Cancel cancel) {
        Objects.requireNonNull(action, "action");
        return with(Call.SESSION, settings, action, source, cancel);
    }

    /**
     * A session that may do less than the given one: by the session policy of the settings, and as {@code narrow_by} says.
     *
     * @param settings over those of the context; may be null
     * @param session the credentials of the session
     * @param cancel stops it; may be null
     * @return the credentials
     */
    public Credentials narrow(Settings settings, Credentials session, Cancel cancel) {
        Objects.requireNonNull(session, "session");
        return with(Call.NARROW, settings, null, session, cancel);
    }

    /**
     * Any of the twelve actions of STS, and what it answers.
     *
     * @param settings over those of the context, with the action's parameters; may be null
     * @param action by AWS's name
     * @param source the caller's keys; null: those of the settings
     * @param cancel stops it; may be null
     * @return the members of the answer
     */
    public StsAnswer call(Settings settings, String action, Credentials source, Cancel cancel) {
        Objects.requireNonNull(action, "action");
        return new StsAnswer(transport(), sharedWith(source, keys -> made(Call.STS_CALL, settings, cancel,
                message -> message.put("action", action).put(keys))));
    }

    private Credentials with(int call, Settings settings, String action, Handle object, Cancel cancel) {
        return new Credentials(transport(), sharedWith(object, address -> made(call, settings, cancel,
                message -> (action == null ? message : message.put("action", action)).put(address))));
    }

    // ---- signing -------------------------------------------------------------------------------------

    /**
     * Signs a request to any AWS service, by headers.
     *
     * @param settings over those of the context; may be null
     * @param source the keys; null: those of the settings
     * @param request what will be sent
     * @param service the name that AWS signs for: {@code s3}, {@code ecr}
     * @param cancel stops it; may be null
     * @return the headers to add, which are secrets
     */
    public SignedRequest sign(Settings settings, Credentials source, HttpRequest request, String service, Cancel cancel) {
        return signed(Call.SIGN, settings, source, request, service, null, cancel);
    }

    /**
     * A URL with the signature in it, a secret.
     *
     * @param settings over those of the context; may be null
     * @param source the keys; null: those of the settings
     * @param request what will be sent
     * @param service the name that AWS signs for: {@code s3}, {@code ecr}
     * @param lifetime 1 second to 7 days
     * @param cancel stops it; may be null
     * @return the URL, and the headers that must go with it
     */
    public SignedRequest presign(Settings settings, Credentials source, HttpRequest request, String service, Duration lifetime,
            Cancel cancel) {
        return signed(Call.PRESIGN, settings, source, request, service, lifetime, cancel);
    }

    private SignedRequest signed(int call, Settings settings, Credentials source, HttpRequest request, String service,
            Duration lifetime, Cancel cancel) {
        Objects.requireNonNull(service, "service");
        return new SignedRequest(transport(), sharedWith(source, keys -> sharedWith(request, asked -> made(call, settings, cancel,
                message -> {
                    message.put(keys).put(asked).put("service", service);
                    return lifetime == null ? message : message.put(lifetime.getSeconds());
                }))));
    }

    // ---- what is kept --------------------------------------------------------------------------------

    /**
     * Credentials, sessions at identity providers and attempts with passwords that are kept; never a secret.
     *
     * @param settings over those of the context: which store; may be null
     * @param cancel stops it; may be null
     * @return an entry for each
     */
    public List<Kept> kept(Settings settings, Cancel cancel) {
        return Kept.all(transport(), made(Call.KEPT_LIST, settings, cancel, message -> message));
    }

    /**
     * Erases credentials and sessions.
     *
     * @param settings over those of the context: which store; may be null
     * @param id of one entry, or its first eight characters; null: any
     * @param user those of that user; null: of any. With both null all are erased
     * @param cancel stops it; may be null
     * @return how many there were
     */
    public long eraseKept(Settings settings, String id, String user, Cancel cancel) {
        return made(Call.KEPT_ERASE, settings, cancel, message -> message.putOrNone("id", id).putOrNone("user", user));
    }

    /**
     * Forgets what was tried with the passwords of the settings' user: a refused one may be sent again. Let administrators
     * alone do that, for it takes away what keeps the account from being locked.
     *
     * @param settings over those of the context, with user and idp_url; may be null
     * @param cancel stops it; may be null
     */
    public void forget(Settings settings, Cancel cancel) {
        blocking(Call.FORGET, settings, cancel, message -> message, message -> null);
    }

    // ---- the doctor ----------------------------------------------------------------------------------

    /** What the doctor may do. */
    public enum DoctorOption {
        /** The whole sign-in, with the password, once. */
        PASSWORD(Code.DOCTOR_PASSWORD),
        /** The response goes to STS too; the credentials are dropped. */
        TRADE(Code.DOCTOR_TRADE),
        /** What was said is recorded, without names and secrets. */
        RECORD(Code.DOCTOR_RECORD);

        private final int flag;

        DoctorOption(int flag) {
            this.flag = flag;
        }
    }

    /**
     * Walks the way of a sign-in step by step and says what is wrong.
     *
     * @param settings over those of the context; may be null
     * @param options none: no password is sent
     * @param cancel stops it; may be null
     * @return each step with what was found
     */
    public DoctorReport doctor(Settings settings, Set<DoctorOption> options, Cancel cancel) {
        int flags = options.stream().mapToInt(option -> option.flag).reduce(0, (a, b) -> a | b);
        return DoctorReport.of(transport(), made(Call.DOCTOR, settings, cancel, message -> message.put(flags)));
    }

    // ---- what the host gives -------------------------------------------------------------------------

    /**
     * Whom to tell what happens.
     *
     * @param most the last level that is told
     * @param listener in place of the one before; null for none
     * @return this
     */
    public Context log(LogLevel most, LogListener listener) {
        return listen(Call.CONTEXT_LOG, listener, most.number, false);
    }

    /**
     * Who writes the audit, besides the file that {@code audit_file} may name.
     *
     * @param listener in place of the one before; null for none
     * @return this
     */
    public Context audit(AuditListener listener) {
        return listen(Call.CONTEXT_AUDIT, listener, null, false);
    }

    /**
     * Who remembers assertions that were used.
     *
     * @param memory in place of the one before; null for none
     * @return this
     */
    public Context replay(ReplayMemory memory) {
        return listen(Call.CONTEXT_REPLAY, memory, null, false);
    }

    /**
     * The host's own place for what is kept, for {@code cache=host}.
     *
     * @param store in place of the one before; null for none
     * @return this
     */
    public Context store(CredentialStore store) {
        return listen(Call.CONTEXT_STORE, store, null, true);
    }

    private Context listen(int call, Object listener, Integer level, boolean isStore) {
        long number = listener == null ? 0 : listeners.add(listener);
        try {
            alone(context -> Message.call(transport(), call, message -> {
                message.put(context);
                (level == null ? message : message.put(level)).put(number);
                return isStore ? message.put(listener instanceof CredentialStore.WithLocks) : message;
            }, message -> null));
            return this;
        } catch (RuntimeException failure) {
            Listeners.remove(number);
            throw failure;
        }
    }

    // ---- calls that wait -----------------------------------------------------------------------------

    private long made(int call, Settings settings, Cancel cancel, Message.Arguments arguments) {
        return blocking(call, settings, cancel, arguments, Message::number);
    }

    /** The context, the settings, the arguments, the cancel. */
    private <T> T blocking(int call, Settings settings, Cancel cancel, Message.Arguments arguments, Message.Answer<T> answer) {
        return shared(context -> sharedWith(settings, given -> cancelled(cancel, stop -> Message.call(transport(), call,
                message -> arguments.to(message.put(context).put(given)).put(stop), answer))));
    }

    /** Runs a call that waits with a cancel that an interrupt of this thread uses. */
    <T> T cancelled(Cancel given, LongFunction<T> call) {
        Cancel cancel = given != null ? given : spare();
        Interrupts.Watch watch = Interrupts.watch(cancel);
        try {
            return sharedWith(cancel, call);
        } finally {
            watch.close();
            if (given == null) {
                putBack(cancel);
            }
        }
    }

    private Cancel spare() {
        Cancel cancel = spare.pollFirst();
        return cancel != null ? cancel : new Cancel(transport());
    }

    private void putBack(Cancel cancel) {
        if (!cancel.wasUsed()) {
            spare.addFirst(cancel);
        }
    }
}
