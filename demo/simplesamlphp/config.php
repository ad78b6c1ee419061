<?php
// A SimpleSAMLphp for one run on the loopback interface. All that changes comes in by the environment:
// AWSFED_IDP_URL, where it answers, and AWSFED_IDP_STATE, a private folder that dies with it.
$state = getenv('AWSFED_IDP_STATE');
$config = [
    'baseurlpath' => getenv('AWSFED_IDP_URL') . '/',
    'certdir' => $state . '/',
    'loggingdir' => $state . '/',
    'datadir' => $state . '/',
    'tempdir' => $state . '/',
    'metadatadir' => __DIR__ . '/metadata',
    'metadata.sources' => [['type' => 'flatfile', 'directory' => __DIR__ . '/metadata']],
    'secretsalt' => getenv('AWSFED_IDP_SALT'),
    'auth.adminpassword' => getenv('AWSFED_IDP_SALT'), // nobody administers it
    'timezone' => 'UTC',
    'logging.level' => SimpleSAML\Logger::WARNING,
    'logging.handler' => 'file',
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.secure' => false,
    'session.phpsession.savepath' => $state,
    'store.type' => 'phpsession',
];
