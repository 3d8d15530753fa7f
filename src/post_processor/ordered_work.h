#pragma once

#include <deque>
#include <functional>
#include <future>
#include <utility>

namespace kiln {

/// Runs jobs on several threads and hands their results on in the order in which the jobs came.
/// No more than `threads` results wait at a time, which bounds the memory. Used by one thread, on
/// which `deliver` is called. A job's exception comes out of the call that would have delivered it.
template <class Result>
class OrderedWork {
  public:
    OrderedWork(unsigned threads, std::function<void(const Result&)> deliver)
        : threads_(threads == 0 ? 1 : threads), deliver_(std::move(deliver)) {}

    void submit(std::function<Result()> job) {
        if (waiting_.size() >= threads_) deliver_first();
        waiting_.push_back(std::async(std::launch::async, std::move(job)));
    }
    void finish() {
        while (!waiting_.empty()) deliver_first();
    }

  private:
    void deliver_first() {
        std::future<Result> first = std::move(waiting_.front());
        waiting_.pop_front();
        deliver_(first.get());
    }

    std::size_t threads_;
    std::function<void(const Result&)> deliver_;
    std::deque<std::future<Result>> waiting_;
};

}  // namespace kiln
