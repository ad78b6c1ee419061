#include "base/partition.h"

#include <doctest/doctest.h>

using namespace awsfed;

TEST_CASE("the partition of a region is the second part of its ARNs") {
    CHECK(partitions().size() == 8);
    CHECK(partition_of("us-gov-east-1").id == "aws-us-gov");
    CHECK(partition_of("eusc-de-east-1").id == "aws-eusc");
    CHECK(partition_of("us-iso-west-1").id == "aws-iso");
    CHECK(partition_of("aws-cn-global").id == "aws-cn");
    CHECK(partition_of("us-west-2").id == "aws");
}

TEST_CASE("a host is made of its template") {
    CHECK(host_in("{account}.dkr.ecr.{region}.amazonaws.com", "eu-central-1", "123456789012") ==
          "123456789012.dkr.ecr.eu-central-1.amazonaws.com");
    CHECK(host_in("sts.amazonaws.com", "eu-central-1") == "sts.amazonaws.com");
    CHECK(host_in("", "eu-central-1").empty());
}
