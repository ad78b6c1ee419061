<?php
$config = [
    'admin' => ['core:AdminPassword'],
    'people' => array_merge(['exampleauth:UserPass'], require __DIR__ . '/users.php'),
];
