package plugin;

import java.util.concurrent.Callable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Offers the plug-in to the host as a service: the host knows none of its classes, nor any of awsfed's. */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        context.registerService(Callable.class.getName(), new Obtains(), null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes the service away
    }
}
