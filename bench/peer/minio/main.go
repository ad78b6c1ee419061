// MinIO's side of policy.cpp: bench-minio CASES.ndjson [SECONDS]
//
// Prints JSON: without SECONDS the decision of each case, else what reading and judging take. MinIO's engine says no more
// than allowed or not, and that is what is measured; an explicit deny is found by a second question.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/minio/pkg/v3/policy"
)

// Layers of no more than one policy.
type testCase struct {
	ID      string
	Request struct {
		Action   string
		Resource string
	}
	Policies struct {
		Identity []json.RawMessage
		Session  []json.RawMessage
	}
}

type judge struct {
	layers []policy.Policy
	args   policy.Args
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func readCases(name string) (cases []testCase) {
	file, err := os.Open(name)
	check(err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var one testCase
		check(json.Unmarshal(lines.Bytes(), &one))
		cases = append(cases, one)
	}
	check(lines.Err())
	return cases
}

func (one *testCase) texts() []json.RawMessage {
	return append(append([]json.RawMessage{}, one.Policies.Identity...), one.Policies.Session...)
}

func (one *testCase) judge() (made judge) {
	for _, text := range one.texts() {
		read, err := policy.ParseConfig(bytes.NewReader(text))
		check(err)
		made.layers = append(made.layers, *read)
	}
	bucket, object, _ := strings.Cut(strings.TrimPrefix(one.Request.Resource, "arn:aws:s3:::"), "/")
	made.args = policy.Args{
		AccountName:     "bench",
		Action:          policy.Action(one.Request.Action),
		BucketName:      bucket,
		ObjectName:      object,
		ConditionValues: map[string][]string{},
	}
	return made
}

func (j *judge) allowed() bool {
	for i := range j.layers {
		if !j.layers[i].IsAllowed(j.args) {
			return false
		}
	}
	return true
}

func (j *judge) denied() bool {
	denials := j.args
	denials.DenyOnly = true
	for i := range j.layers {
		if !j.layers[i].IsAllowed(denials) {
			return true
		}
	}
	return false
}

func (j *judge) decision() string {
	switch {
	case j.allowed():
		return "allow"
	case j.denied():
		return "explicit_deny"
	}
	return "implicit_deny"
}

// User and system, of all threads.
func cpuSeconds() float64 {
	var used syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// CPU seconds of one item's work, over all of them again and again.
func timeOf[T any](seconds float64, items []T, work func(*T)) float64 {
	started := cpuSeconds()
	for count := len(items); ; count += len(items) {
		for i := range items {
			work(&items[i])
		}
		if passed := cpuSeconds() - started; passed >= seconds {
			return passed / float64(count)
		}
	}
}

func measure(cases []testCase, seconds float64) {
	runtime.GOMAXPROCS(1)
	var texts []json.RawMessage
	var judges []judge
	for _, one := range cases {
		texts = append(texts, one.texts()...)
		judges = append(judges, one.judge())
	}
	reading := timeOf(seconds, texts, func(text *json.RawMessage) {
		_, err := policy.ParseConfig(bytes.NewReader(*text))
		check(err)
	})
	judging := timeOf(seconds, judges, func(one *judge) { one.allowed() })
	fmt.Printf(`{"engine": "minio", "cases": %d, "parse_us_per_policy": %.2f, "evals_per_s": %.0f}`+"\n",
		len(cases), reading*1e6, 1/judging)
}

func main() {
	cases := readCases(os.Args[1])
	if len(os.Args) > 2 {
		seconds, err := strconv.ParseFloat(os.Args[2], 64)
		check(err)
		measure(cases, seconds)
		return
	}
	for _, one := range cases {
		made := one.judge()
		fmt.Printf(`{"id": %q, "decision": %q}`+"\n", one.ID, made.decision())
	}
}
