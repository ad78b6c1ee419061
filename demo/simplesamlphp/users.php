<?php
// The people of users.json in the terms of an authentication source: "name:password" => attributes.
$data = json_decode(file_get_contents(__DIR__ . '/../users.json'), true);
$iam = 'arn:aws:iam::' . $data['account'] . ':';
$aws = 'https://aws.amazon.com/SAML/Attributes/';
$people = [];
foreach ($data['users'] as $name => $user) {
    $attributes = ['uid' => [$user['session']], $aws . 'RoleSessionName' => [$user['session']]];
    foreach ($user['roles'] as $role) {
        $attributes[$aws . 'Role'][] = $iam . 'role/' . $role . ',' . $iam . 'saml-provider/' . $data['provider'];
    }
    $people[$name . ':' . $user['password']] = $attributes;
}
return $people;
