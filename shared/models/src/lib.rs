//! Model providers behind one port: price catalogue, error classes, scripted and recorded answers.
